// Images a second of N replicas on one thread each over those of one replica on N threads, in
// alternation; the paper's CNN by Adam. Prints one JSON object.
#include "engine/replicas.h"

#include <fmt/format.h>
#include <omp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "draw/draw.h"
#include "engine/fast/fast_trainer.h"

namespace {

using namespace plumbline;

Network paper_network() {
  const Activation relu{ActivationKind::Relu, {}, {}};
  Network network;
  network.input = {28, 28, 1};
  network.layers = {
      {"conv2d_1",
       Conv2d{.filters = 32, .kernel = {5, 5}, .padding = Padding::Same, .activation = relu},
       {"input"},
       {}},
      {"max_pool_1", MaxPool{{2, 2}, {2, 2}, Padding::Valid}, {"conv2d_1"}, {}},
      {"conv2d_2",
       Conv2d{.filters = 64, .kernel = {5, 5}, .padding = Padding::Same, .activation = relu},
       {"max_pool_1"},
       {}},
      {"max_pool_2", MaxPool{{2, 2}, {2, 2}, Padding::Valid}, {"conv2d_2"}, {}},
      {"flatten_1", Flatten{}, {"max_pool_2"}, {}},
      {"dense_1", Dense{.units = 1024, .activation = relu}, {"flatten_1"}, {}},
      {"dropout_1", Dropout{0.5}, {"dense_1"}, {}},
      {"dense_2", Dense{.units = 10, .activation = {}}, {"dropout_1"}, {}}};
  infer_shapes(network);
  return network;
}

// A network in training, with one batch of noise: what is in the images makes no step slower.
class Replica {
 public:
  explicit Replica(std::int64_t batch) : labels_(static_cast<std::size_t>(batch)) {
    Recipe recipe;
    recipe.optimizer.kind = OptimizerKind::Adam;
    recipe.optimizer.learning_rate = 1e-4;
    recipe.batch = batch;
    const Settings settings = resolve(recipe, paper_network());
    const PhiloxKey key = stream_key("bench", 0);
    trainer_ = make_fast_trainer(settings, batch);
    trainer_->set_state(initial_weights(settings.network, recipe, key));
    inputs_ = Tensor(DType::F32, {batch, 28, 28, 1});
    const auto pixels = inputs_.as<float>();
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      pixels[i] = static_cast<float>((i * 2654435761U) % 256U) / 255.0F;
    }
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      labels_[i] = static_cast<std::int64_t>(i % 10);
    }
    masks_.emplace("dropout_1", dropout_mask(settings.network, 6, batch, 0, key));
  }

  void train(int steps) {
    for (int step = 0; step < steps; ++step) {
      trainer_->step({inputs_, labels_, masks_});
    }
  }

 private:
  std::unique_ptr<Trainer> trainer_;
  Tensor inputs_;
  std::vector<std::int64_t> labels_;
  TensorMap masks_;
};

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argument_count, char** arguments) {
  CLI::App app("N replicas on one thread each against one replica on N threads.",
               "plumbline-replicas");
  std::int64_t batch = 50;
  int replicas = 2;
  int rounds = 9;
  app.add_option("--batch", batch)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--replicas", replicas)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--rounds", rounds)->check(CLI::PositiveNumber)->capture_default_str();
  CLI11_PARSE(app, argument_count, arguments);

  const auto count = static_cast<std::size_t>(replicas);
  const int steps = static_cast<int>(std::max<std::int64_t>(2, 1000 / batch));
  std::vector<std::unique_ptr<Replica>> each(count);
  train_replicas(count, count, [&](std::size_t i) { each[i] = std::make_unique<Replica>(batch); });
  omp_set_num_threads(replicas);
  Replica together(batch);
  std::vector<double> ratios;
  for (int round = -1; round < rounds; ++round) {  // the first one warms up
    const double apart = seconds_of(
        [&] { train_replicas(count, count, [&](std::size_t i) { each[i]->train(steps); }); });
    const double one = seconds_of([&] { together.train(steps); });
    if (round >= 0) {
      ratios.push_back(static_cast<double>(replicas) * one / apart);
    }
  }
  fmt::print(
      "{{\"batch\": {}, \"replicas\": {}, \"ratio\": {:.4f}, \"ratio_by_round\": [{:.4f}]}}\n",
      batch,
      replicas,
      median(ratios),
      fmt::join(ratios, ", "));
}
