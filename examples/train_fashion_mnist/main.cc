// Trains the network of a study file on Fashion-MNIST: train_fashion_mnist STUDY.toml STEPS
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "data/dataset.h"
#include "draw/draw.h"
#include "engine/fast/fast_trainer.h"
#include "study/study.h"

using namespace plumbline;

void train(const Study& study, int steps) {
  const Recipe& recipe = study.stacks.front().recipe;
  const Dataset data = load_dataset({"fashion-mnist", {}, ""}, {});
  const PhiloxKey key = stream_key("example", 0);
  const auto trainer = make_fast_trainer(resolve(recipe, study.network), recipe.batch);
  trainer->set_state(initial_weights(study.network, recipe, key));

  BatchOrder order(recipe, data.train.images.shape().front(), key);
  for (int step = 0; step < steps; ++step) {
    const std::vector<std::int64_t> images = order.next();
    Tensor inputs(DType::F32, {std::ssize(images), 28, 28, 1});
    std::vector<std::int64_t> labels;
    for (const std::int64_t image : images) {
      std::ranges::transform(data.train.images.as<std::uint8_t>().subspan(image * 784, 784),
                             inputs.as<float>().begin() + std::ssize(labels) * 784,
                             [](std::uint8_t pixel) { return pixel / 255.0F; });
      labels.push_back(data.train.labels.as<std::int64_t>()[image]);
    }
    const TensorMap masks = dropout_masks(study.network, std::ssize(images), step, key);
    std::printf("step %d: loss %.4f\n", step + 1, trainer->step({inputs, labels, masks}));
  }
}

int main(int argument_count, char** arguments) try {
  if (argument_count != 3) {
    std::fputs("Use: train_fashion_mnist STUDY.toml STEPS\n", stderr);
    return 2;
  }
  train(read_study(arguments[1]), std::atoi(arguments[2]));
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
