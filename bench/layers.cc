// Where a training step of the paper's CNN spends its time, layer by layer, with our own kernels
// and with oneDNN's, in alternation: each turn is a step of both. Prints one JSON object.
#include <fmt/format.h>
#include <omp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/philox.h"
#include "draw/draw.h"
#include "engine/fast/fast_trainer.h"
#include "paper_network.h"

namespace {

using namespace plumbline;
using fast::Kernels;
using fast::LayerTimes;

struct Options {
  std::int64_t batch = 50;
  int threads = 2;
  int steps = 30;
  double dead = 0.5;
  std::string instruction_set;
};

Settings settings_of(Network network) {
  Recipe recipe;
  recipe.optimizer.kind = OptimizerKind::Adam;
  recipe.optimizer.learning_rate = 1e-12;  // so that what is dead stays so
  return resolve(recipe, std::move(network));
}

Tensor noise(const Shape& shape, PhiloxKey key) {
  Tensor tensor(DType::F32, shape);
  const RandomStream stream(key, StreamPurpose::InitialWeights, 1000, 0);
  std::uint64_t i = 0;
  for (float& value : tensor.as<float>()) {
    value = stream.uniform_f32(i++);
  }
  return tensor;
}

// The network up to the layer, and to the pool behind it if there is one, without its activation.
Network up_to(const Network& network, std::size_t last) {
  Network part = network;
  const bool pooled = std::holds_alternative<MaxPool>(network.layers[last + 1].operation);
  part.layers.resize(last + (pooled ? 2 : 1));
  std::visit(
      [](auto& layer) {
        if constexpr (requires { layer.activation; }) {
          if constexpr (std::is_same_v<decltype(layer.activation), std::optional<Activation>>) {
            layer.activation.reset();
          }
        }
      },
      part.layers[last].operation);
  if (pooled) {
    part.layers.push_back({"flat", Flatten{}, {part.layers.back().name}, {}});
  }
  infer_shapes(part);
  return part;
}

// Moves the biases of each ReLU so that it gives zero for the wanted share of the batch.
void deaden(const Network& network, const Tensor& inputs, double share, TensorMap& state) {
  for (std::size_t i = 0; i + 1 < network.layers.size(); ++i) {
    const std::string bias = network.layers[i].name + "/bias";
    if (!state.contains(bias)) {
      continue;
    }
    const Network part = up_to(network, i);
    TensorMap of_part;
    for (const ParameterSpec& spec : parameters(part)) {
      of_part.emplace(spec.name, state.at(spec.name));
    }
    const auto trainer = make_fast_trainer(settings_of(part), 1);
    trainer->set_state(of_part);
    Tensor sums = trainer->predict(inputs);
    const auto values = sums.as<float>();
    std::ranges::sort(values);
    const auto place = static_cast<std::size_t>(share * static_cast<double>(values.size()));
    const float shift = place == 0 ? values.front() - 1e-3F : values[place];
    for (float& value : state.at(bias).as<float>()) {
      value -= shift;
    }
  }
}

struct Contender {
  LayerTimes times;  // of the last step
  std::unique_ptr<Trainer> trainer;
  std::vector<LayerTimes> times_of_steps;
  std::vector<double> steps;  // seconds
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// Of what `pick` takes from the times of each step, the fastest: other programs only make it
// slower.
template <typename Pick>
double fastest_ms(const Contender& contender, const Pick& pick) {
  double fastest = std::numeric_limits<double>::infinity();
  for (const LayerTimes& times : contender.times_of_steps) {
    fastest = std::min(fastest, pick(times));
  }
  return 1000 * fastest;
}

// Of one layer, with those that an operation does along with it.
struct Row {
  std::vector<std::string> layers;
  double forward_flop;  // of all products
  double backward_flop;
  double needed_flop;  // both ways, without those with a gradient that is zero
  double moved_bytes;  // weights and their slots, once each way
};

std::vector<Row> rows_of(const Options& options) {
  const auto images = static_cast<double>(options.batch);
  const double live = 1 - options.dead;
  const double conv_1 = 2.0 * images * 28 * 28 * 25 * 32;
  const double conv_2 = 2.0 * images * 14 * 14 * 25 * 32 * 64;
  const double dense_1 = 2.0 * images * 3136 * 1024;
  const double dense_2 = 2.0 * images * 1024 * 10;
  const double adam = 7.0 * sizeof(float);  // weights twice, then weights and slots both ways
  return {{{"conv2d_1", "max_pool_1"}, conv_1, conv_1, conv_1 + conv_1 / 4 * live, 0},
          {{"conv2d_2", "max_pool_2"}, conv_2, 2 * conv_2, conv_2 + 2 * conv_2 / 4 * live, 0},
          {{"flatten_1", "dense_1", "dropout_1"},
           dense_1,
           2 * dense_1,
           dense_1 + 2 * dense_1 / 2 * live,
           adam * 3136 * 1024},
          {{"dense_2"}, dense_2, 2 * dense_2, 3 * dense_2, adam * 1024 * 10}};
}

LayerTimes::OfLayer time_of(const LayerTimes& times, const Row& row) {
  LayerTimes::OfLayer sum;
  for (const std::string& layer : row.layers) {
    const auto found = times.layers.find(layer);
    if (found != times.layers.end()) {
      sum.forward_seconds += found->second.forward_seconds;
      sum.backward_seconds += found->second.backward_seconds;
    }
  }
  return sum;
}

std::string json_of(const Options& options, const Contender& contender) {
  std::string layers;
  for (const Row& row : rows_of(options)) {
    layers += fmt::format(
        "{}{{\"layers\": \"{}\", \"forward_ms\": {:.4f}, \"backward_ms\": {:.4f}, "
        "\"forward_flop\": {:.0f}, \"backward_flop\": {:.0f}, \"needed_flop\": {:.0f}, "
        "\"moved_bytes\": {:.0f}}}",
        layers.empty() ? "" : ", ",
        fmt::join(row.layers, "+"),
        fastest_ms(contender,
                   [&](const auto& times) { return time_of(times, row).forward_seconds; }),
        fastest_ms(contender,
                   [&](const auto& times) { return time_of(times, row).backward_seconds; }),
        row.forward_flop,
        row.backward_flop,
        row.needed_flop,
        row.moved_bytes);
  }
  return fmt::format(
      "{{\"step_ms\": {:.4f}, \"fastest_step_ms\": {:.4f}, \"loss_ms\": {:.4f}, "
      "\"optimizer_ms\": {:.4f}, \"layers\": [{}]}}",
      1000 * median(contender.steps),
      1000 * std::ranges::min(contender.steps),
      fastest_ms(contender, [](const auto& times) { return times.loss_seconds; }),
      fastest_ms(contender, [](const auto& times) { return times.optimizer_seconds; }),
      layers);
}

// One step of each, in turn.
void race(const Options& options, std::vector<Contender>& contenders, const Batch& batch) {
  for (int step = -2; step < options.steps; ++step) {  // the first two warm up
    for (Contender& contender : contenders) {
      for (auto& [name, times] : contender.times.layers) {
        times = {};
      }
      contender.times.loss_seconds = 0;
      contender.times.optimizer_seconds = 0;
      const auto start = std::chrono::steady_clock::now();
      contender.trainer->step(batch);
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
      if (step >= 0) {
        contender.steps.push_back(taken.count());
        contender.times_of_steps.push_back(contender.times);
      }
    }
  }
}

void run(const Options& options) {
  const Network network = bench::paper_network();
  const PhiloxKey key = stream_key("bench", 0);
  Recipe recipe;
  recipe.batch = options.batch;
  TensorMap state = initial_weights(network, recipe, key);
  const Tensor inputs = noise({options.batch, 28, 28, 1}, key);
  deaden(network, inputs, options.dead, state);
  std::vector<std::int64_t> labels(static_cast<std::size_t>(options.batch));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    labels[i] = static_cast<std::int64_t>(i % 10);
  }
  TensorMap masks;
  masks.emplace("dropout_1", dropout_mask(network, 6, options.batch, 0, key));
  std::vector<Contender> contenders(2);
  for (std::size_t i = 0; i < 2; ++i) {
    contenders[i].trainer =
        make_fast_trainer(settings_of(network),
                          options.batch,
                          {i == 0 ? Kernels::Own : Kernels::OneDnn, &contenders[i].times});
    contenders[i].trainer->set_state(state);
  }
  race(options, contenders, {inputs, labels, masks});
  fmt::print(
      "{{\"batch\": {}, \"threads\": {}, \"dead\": {}, \"instruction_set\": \"{}\", \"own\": {}, "
      "\"onednn\": {}}}\n",
      options.batch,
      options.threads,
      options.dead,
      fast::instruction_set_name(fast::chosen_instruction_set()),
      json_of(options, contenders[0]),
      json_of(options, contenders[1]));
}

}  // namespace

int main(int argument_count, char** arguments) {
  CLI::App app("Where a training step of the paper's CNN spends its time.", "plumbline-layers");
  Options options;
  app.add_option("--batch", options.batch)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--threads", options.threads)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--steps", options.steps)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--dead", options.dead, "The share of each ReLU's outputs that are zero")
      ->check(CLI::Range(0.0, 0.99))
      ->capture_default_str();
  app.add_option("--instruction-set", options.instruction_set, "Of our own kernels [the best]")
      ->check(CLI::IsMember({"portable", "avx2", "avx512"}));
  CLI11_PARSE(app, argument_count, arguments);
  omp_set_num_threads(options.threads);
  for (const fast::InstructionSet set : fast::available_instruction_sets()) {
    if (options.instruction_set == fast::instruction_set_name(set)) {
      const fast::ForcedInstructionSet forced(set);
      run(options);
      return 0;
    }
  }
  run(options);
}
