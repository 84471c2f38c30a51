// Trains the network of a study file on the study's data: train_fashion_mnist STUDY.toml STEPS
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "data/dataset.h"
#include "draw/draw.h"
#include "engine/fast/fast_trainer.h"
#include "study/study.h"

using namespace plumbline;

int main(int, char** arguments) {
  const Study study = read_study(arguments[1]);
  const Recipe& recipe = study.stacks.front().recipe;
  const Dataset data = load_dataset(study.data.front(), {});
  const PhiloxKey key = stream_key("example", 0);
  const auto trainer = make_fast_trainer(resolve(recipe, study.network), recipe.batch);
  trainer->set_state(initial_weights(study.network, recipe, key));

  const std::int64_t pixels = element_count(study.network.input);
  BatchOrder order(recipe, data.train.images.shape().front(), key);
  for (int step = 0; step < std::atoi(arguments[2]); ++step) {
    Tensor inputs(DType::F32, {recipe.batch, 28, 28, 1});
    std::vector<std::int64_t> labels;
    for (const std::int64_t image : order.next()) {
      std::ranges::transform(data.train.images.as<std::uint8_t>().subspan(image * pixels, pixels),
                             inputs.as<float>().begin() + std::ssize(labels) * pixels,
                             [](std::uint8_t pixel) { return pixel / 255.0F; });
      labels.push_back(data.train.labels.as<std::int64_t>()[image]);
    }
    const double loss =
        trainer->step({inputs, labels, dropout_masks(study.network, recipe.batch, step, key)});
    std::printf("step %d: loss %.4f\n", step + 1, loss);
  }
}
