#include "engine/reference/float32_cloud.h"

#include <algorithm>
#include <cmath>

#include "engine/reference/networks.h"

namespace plumbline::reference {

std::vector<Float32Dialect> all_float32_dialects() {
  std::vector<Float32Dialect> dialects;
  for (const bool fused : {false, true}) {
    for (const auto order :
         {SummationOrder::Sequential, SummationOrder::Reversed, SummationOrder::Pairwise}) {
      dialects.push_back({.order = order, .fused_multiply_add = fused, .one_pass_variance = fused});
    }
    for (const std::size_t lanes : {8U, 16U, 32U}) {
      dialects.push_back(
          {.order = SummationOrder::Blocked, .lanes = lanes, .fused_multiply_add = fused});
    }
    for (const std::uint32_t seed : {1U, 2U}) {
      dialects.push_back(
          {.order = SummationOrder::Shuffled, .seed = seed, .fused_multiply_add = fused});
    }
  }
  return dialects;
}

void Ratios::take(Bounded expected, float found) {
  const double error = std::abs(static_cast<double>(found) - expected.value);
  if (error != 0) {
    ratios_.push_back(error / expected.bound);
  }
}

void Ratios::take(const Array<Bounded>& expected, const Array<float>& found) {
  for (std::int64_t e = 0; e < expected.size(); ++e) {
    take(expected(e), found(e));
  }
}

double Ratios::worst() const {
  return ratios_.empty() ? 0 : *std::max_element(ratios_.begin(), ratios_.end());
}

double Ratios::median() {
  const auto middle = ratios_.begin() + static_cast<std::ptrdiff_t>(ratios_.size() / 2);
  std::nth_element(ratios_.begin(), middle, ratios_.end());
  return *middle;
}

void take_step(const Settings& settings, std::mt19937& random, Ratios& ratios) {
  const TensorMap state = random_state(settings.network, random);
  const RandomBatch batch = random_batch(settings.network, 4, random);
  const Model<BoundedArithmetic> model(settings, BoundedArithmetic{});
  OptimizerState<Bounded> optimizer;
  const Step<Bounded> expected =
      model.step(model.parameters_from(state), optimizer, batch.for_model(model));
  for (const Float32Dialect& dialect : all_float32_dialects()) {
    const Model<Float32> legal(settings, Float32(dialect));
    OptimizerState<float> legal_optimizer;
    const Step<float> found =
        legal.step(legal.parameters_from(state), legal_optimizer, batch.for_model(legal));
    ratios.take(expected.loss, found.loss);
    for (const auto& [name, array] : expected.outputs) {
      ratios.take(array, found.outputs.at(name));
    }
    for (const auto& [name, array] : expected.gradients) {
      ratios.take(array, found.gradients.at(name));
    }
    for (const auto& [name, array] : expected.after) {
      ratios.take(array, found.after.at(name));
    }
  }
}

}  // namespace plumbline::reference
