#include "engine/fast/comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/fast/fast_trainer.h"
#include "engine/reference/model.h"

namespace plumbline::testing {
namespace {

using reference::Array;
using reference::Bounded;
using reference::BoundedArithmetic;

float uniform(std::mt19937& random, float low, float high) {
  return low + (high - low) * static_cast<float>(random() >> 8) * 0x1p-24F;
}

Tensor random_tensor(const Shape& shape, float low, float high, std::mt19937& random) {
  Tensor tensor(DType::F32, shape);
  std::ranges::generate(tensor.as<float>(), [&] { return uniform(random, low, high); });
  return tensor;
}

// Numbers of a size that keeps activations near 1.
Tensor random_parameter(const ParameterSpec& spec, std::mt19937& random) {
  switch (spec.role) {
    case ParameterRole::Kernel: {
      const float limit = std::sqrt(3.0F / static_cast<float>(spec.fan_in));
      return random_tensor(spec.shape, -limit, limit, random);
    }
    case ParameterRole::Gamma:
    case ParameterRole::MovingVariance:
      return random_tensor(spec.shape, 0.5F, 1.5F, random);
    default:
      return random_tensor(spec.shape, -0.5F, 0.5F, random);
  }
}

struct Tally {
  double worst = 0;   // of error / budget
  double error = 0;   // squares
  double size = 0;    // squares
  double budget = 0;  // squares, of those that are finite
  std::int64_t count = 0;
  std::int64_t unbounded = 0;
};

void add(Tally& tally, double found, Bounded expected) {
  // What the fast engine gives out is itself rounded to float32.
  const double budget = expected.bound + reference::rounding_of(expected.value);
  ++tally.count;
  if (!std::isfinite(budget)) {
    ++tally.unbounded;
    return;
  }
  const double error = std::abs(found - expected.value);
  if (!(error <= budget)) {
    tally.worst = std::max(tally.worst, budget > 0 ? error / budget : INFINITY);
  } else if (budget > 0) {
    tally.worst = std::max(tally.worst, error / budget);
  }
  tally.size += expected.value * expected.value;
  tally.budget += budget * budget;
}

// Expects every number within its budget; gives whether the budgets are small against the numbers,
// and so say something.
bool expect_within(const std::string& what, const Tensor& found, const Array<Bounded>& expected) {
  EXPECT_EQ(found.shape(), expected.shape()) << what;
  Tally tally;
  for (std::int64_t i = 0; i < found.size(); ++i) {
    add(tally,
        found.as<float>()[static_cast<std::size_t>(i)],
        expected.values()[static_cast<std::size_t>(i)]);
  }
  EXPECT_LE(tally.worst, 1.0) << what << " leaves its budget";
  // So few may all lie near zero by chance.
  return tally.count < 8 ||
         (tally.unbounded <= tally.count / 20 && tally.budget <= 1e-6 * tally.size);
}

}  // namespace

Network chain(const Shape& input, std::vector<Layer> layers) {
  Network network{input, std::move(layers)};
  std::string previous = "input";
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    Layer& layer = network.layers[i];
    if (layer.name.empty()) {
      layer.name = operation_name(layer.operation) + "_" + std::to_string(i);
    }
    if (layer.inputs.empty()) {
      layer.inputs = {previous};
    }
    previous = layer.name;
  }
  infer_shapes(network);
  return network;
}

void draw_batch(Example& example, std::int64_t batch, std::mt19937& random) {
  const Network& network = example.settings.network;
  Shape shape = network.input;
  shape.insert(shape.begin(), batch);
  example.inputs = random_tensor(shape, -1, 1, random);
  example.labels.clear();
  for (std::int64_t n = 0; n < batch; ++n) {
    example.labels.push_back(static_cast<std::int64_t>(random()) %
                             network.layers.back().output_shape[0]);
  }
  for (const Layer& layer : network.layers) {
    if (std::holds_alternative<Dropout>(layer.operation)) {
      Shape mask_shape = layer.output_shape;
      mask_shape.insert(mask_shape.begin(), batch);
      Tensor mask(DType::U8, mask_shape);
      std::ranges::generate(mask.as<std::uint8_t>(),
                            [&] { return static_cast<std::uint8_t>(random() >> 31); });
      example.masks.insert_or_assign(layer.name, std::move(mask));
    }
  }
}

Example make_example(Network network,
                     const Recipe& recipe,
                     std::int64_t batch,
                     std::mt19937& random) {
  Example example;
  example.settings = resolve(recipe, std::move(network));
  for (const ParameterSpec& spec : parameters(example.settings.network)) {
    example.state.emplace(spec.name, random_parameter(spec, random));
  }
  draw_batch(example, batch, random);
  return example;
}

std::vector<Variant> variants() {
  std::vector<Variant> found;
  for (const fast::InstructionSet set : fast::available_instruction_sets()) {
    found.push_back({fast::Kernels::Own, set});
  }
  found.push_back({fast::Kernels::OneDnn, fast::chosen_instruction_set()});
  return found;
}

std::string variant_name(const Variant& variant) {
  return variant.kernels == fast::Kernels::OneDnn
             ? "onednn"
             : std::string("own_") + fast::instruction_set_name(variant.instruction_set);
}

bool expect_agreement(const Example& example) {
  const reference::Model<BoundedArithmetic> model(example.settings, BoundedArithmetic());
  const auto before = model.parameters_from(example.state);
  const Array<Bounded> inputs = model.array_from(example.inputs);
  reference::OptimizerState<Bounded> optimizer;
  const auto step = model.step(before, optimizer, {inputs, example.labels, example.masks});
  const auto outputs = model.predict(before, inputs).at(model.output_name());

  bool says_something = true;
  for (const Variant& variant : variants()) {
    SCOPED_TRACE(variant_name(variant));
    const fast::ForcedInstructionSet forced(variant.instruction_set);
    const auto trainer =
        make_fast_trainer(example.settings, std::ssize(example.labels), {variant.kernels});
    trainer->set_state(example.state);
    says_something &= expect_within("the prediction", trainer->predict(example.inputs), outputs);
    const double loss = trainer->step(example.batch());
    EXPECT_NEAR(loss, step.loss.value, step.loss.bound + reference::rounding_of(step.loss.value));
    for (const auto& [name, tensor] : trainer->state()) {
      says_something &= expect_within(name, tensor, step.after.at(name));
    }
  }
  return says_something;
}

void expect_agreement(int draws, const std::function<Example(int)>& draw) {
  int judged = 0;
  for (int i = 0; i < draws; ++i) {
    SCOPED_TRACE("draw " + std::to_string(i));
    judged += expect_agreement(draw(i)) ? 1 : 0;
  }
  EXPECT_GE(judged, draws * 8 / 10);
}

}  // namespace plumbline::testing
