#include "engine/reference/golden_cases.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/files.h"
#include "engine/dialect_words.h"
#include "engine/reference/losses/loss.h"
#include "engine/reference/one_operation.h"
#include "engine/reference/optimizers/update.h"
#include "study/wire.h"

namespace plumbline::reference {
namespace {

using nlohmann::json;

constexpr BoundedArithmetic kBounded{};
constexpr double kFloat64Share = 2 * 0x1p-29;

// ---- Reading.

Settings settings_of(const json& wire) {
  json recipe{{"loss", wire.value("loss", "softmax_cross_entropy")},
              {"batch", 1},
              {"steps", 1},
              {"shuffle", true},
              {"drop_last_batch", false},
              {"optimizer", wire.value("optimizer", json{{"name", "sgd"}})},
              {"input_scaling", {{"factor", 1}, {"mean", 0}, {"stddev", 1}}}};
  Network network;
  if (wire.contains("layer")) {
    const auto without_batch = [](const json& array) {
      const Shape shape = array.at("shape");
      return Shape(shape.begin() + 1, shape.end());
    };
    json layer = wire.at("layer");
    layer["name"] = "layer";
    layer["inputs"] = {"input"};
    layer["output_shape"] = without_batch(wire.at("found").at("output"));
    network = network_from_wire(
        {{"input", without_batch(wire.at("input"))}, {"layers", json::array({layer})}});
  }
  Settings settings = resolve(recipe_from_wire(recipe), network);
  OptimizerSettings& optimizer = settings.optimizer;
  optimizer.dialect.dampening = wire.value("dampening", 0.0);
  optimizer.initial_accumulator = wire.value("initial_accumulator", optimizer.initial_accumulator);
  for (const auto& [name, word] : wire.at("dialect").items()) {
    choose(settings, name, word.get<std::string>());
  }
  return settings;
}

// ---- Comparing.

class Worst {
 public:
  explicit Worst(double share) : share_(share) {}
  void take(Bounded expected, double found) {
    const double error = std::abs(found - expected.value);
    if (error != 0 || std::isnan(found)) {
      const double ratio = error / (share_ * expected.bound);
      ratio_ = std::isnan(ratio) ? INFINITY : std::max(ratio_, ratio);
    }
  }
  void take(const Array<Bounded>& expected, const json& numbers) {
    if (numbers.size() != expected.values().size()) {
      ratio_ = INFINITY;
      return;
    }
    for (std::int64_t e = 0; e < expected.size(); ++e) {
      take(expected(e), numbers[static_cast<std::size_t>(e)].get<double>());
    }
  }
  [[nodiscard]] double ratio() const { return ratio_; }

 private:
  double share_;
  double ratio_ = 0;
};

Worst worst_of(const json& wire) {
  return Worst(wire.value("float32", false) ? 1 : kFloat64Share);
}

// ---- Updates.

Slots<Bounded> slots_of(const Settings& settings, const json& state, const Shape& shape) {
  Slots<Bounded> slots = initial_slots(kBounded, settings.optimizer, shape);
  if (state.contains("first")) {
    slots.first = bounded_vector(state.at("first"));
  }
  if (state.contains("second")) {
    slots.second = bounded_vector(state.at("second"));
  }
  return slots;
}

void take_slots(Worst& worst, const Slots<Bounded>& slots, const json& state) {
  if (state.contains("first")) {
    worst.take(slots.first, state.at("first"));
  }
  if (state.contains("second")) {
    worst.take(slots.second, state.at("second"));
  }
}

// ---- Layers.

struct SingleLayer {
  Arrays<Bounded> parameters;
  Array<Bounded> input;
  Tensor mask;

  explicit SingleLayer(const json& wire) : input(bounded_array(wire.at("input"))) {
    for (const auto& [name, array] : wire.at("parameters").items()) {
      parameters.emplace("layer/" + name, bounded_array(array));
    }
    if (wire.contains("mask")) {
      mask = mask_tensor(wire.at("mask"));
    }
  }
  [[nodiscard]] LayerValues<BoundedArithmetic> values(const Dialect& dialect, bool training) const {
    return {kBounded, {&input}, parameters, "layer", training ? &mask : nullptr, training, dialect};
  }
};

void take_gradients(Worst& worst, const json& found, const OperationGradients<Bounded>& gradients) {
  worst.take(gradients.inputs.front(), found.at("d_input").at("numbers"));
  for (const auto& [name, gradient] : gradients.parameters) {
    worst.take(gradient, found.at("d_" + name.substr(name.find('/') + 1)).at("numbers"));
  }
}

}  // namespace

std::vector<GoldenCase> golden_cases(const std::string& group) {
  std::vector<GoldenCase> cases;
  const auto folder = std::filesystem::path(PLUMBLINE_SOURCE_DIR) / "tests/engine/reference/golden";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") {
      continue;
    }
    const json file = json::parse(read_file(entry.path()));
    for (const json& wire : file.at(group)) {
      const auto name =
          file.at("source").get<std::string>() + ", " + wire.at("name").get<std::string>();
      cases.push_back({name, wire, settings_of(wire)});
    }
  }
  return cases;
}

Array<Bounded> bounded_vector(const json& numbers) {
  Array<Bounded> values({std::ssize(numbers)});
  for (std::int64_t e = 0; e < values.size(); ++e) {
    values(e).value = numbers[static_cast<std::size_t>(e)].get<double>();
  }
  return values;
}

Array<Bounded> bounded_array(const json& wire) {
  return bounded_vector(wire.at("numbers")).reshaped(wire.at("shape").get<Shape>());
}

Tensor mask_tensor(const json& wire) {
  Tensor mask(DType::U8, wire.at("shape").get<Shape>());
  const auto& numbers = wire.at("numbers");
  std::transform(
      numbers.begin(), numbers.end(), mask.as<std::uint8_t>().begin(), [](const json& x) {
        return static_cast<std::uint8_t>(x.get<int>());
      });
  return mask;
}

double update_ratio(const GoldenCase& golden, const Settings& settings) {
  Worst worst = worst_of(golden.wire);
  json before = golden.wire.at("initial");
  const Array<Bounded> initial = bounded_vector(before.at("weights"));
  take_slots(worst, initial_slots(kBounded, settings.optimizer, initial.shape()), before);
  for (const json& step : golden.wire.at("steps")) {
    before = step.value("before", before);
    const Array<Bounded> weights = bounded_vector(before.at("weights"));
    Slots<Bounded> slots = slots_of(settings, before, weights.shape());
    const Array<Bounded> after = updated(kBounded,
                                         settings.optimizer,
                                         step.at("t").get<std::int64_t>(),
                                         weights,
                                         bounded_vector(step.at("gradients")),
                                         slots);
    before = step.at("after");
    worst.take(after, before.at("weights"));
    take_slots(worst, slots, before);
  }
  return worst.ratio();
}

double layer_ratio(const GoldenCase& golden, const Settings& settings) {
  Worst worst = worst_of(golden.wire);
  const json& found = golden.wire.at("found");
  const SingleLayer layer(golden.wire);
  const Operation& operation = settings.network.layers.front().operation;
  const auto training = layer.values(settings.dialect, true);
  worst.take(output_of(operation, training), found.at("output").at("numbers"));
  if (found.contains("inference")) {
    const auto inference = layer.values(settings.dialect, false);
    worst.take(output_of(operation, inference), found.at("inference").at("numbers"));
  }
  if (found.contains("d_output")) {
    take_gradients(
        worst, found, gradients_of(operation, training, bounded_array(found.at("d_output"))));
  }
  if (found.contains("running_mean")) {
    const auto running = running_of(std::get<BatchNorm>(operation), training);
    worst.take(running.mean, found.at("running_mean").at("numbers"));
    worst.take(running.variance, found.at("running_variance").at("numbers"));
  }
  return worst.ratio();
}

double loss_ratio(const GoldenCase& golden, const Settings& settings) {
  Worst worst = worst_of(golden.wire);
  const Array<Bounded> outputs = bounded_array(golden.wire.at("outputs"));
  const auto labels = golden.wire.at("labels").get<std::vector<std::int64_t>>();
  worst.take(loss_of(kBounded, settings.loss, settings.dialect, outputs, labels),
             golden.wire.at("value").get<double>());
  worst.take(loss_gradient(kBounded, settings.loss, settings.dialect, outputs, labels),
             golden.wire.at("gradient").at("numbers"));
  return worst.ratio();
}

}  // namespace plumbline::reference
