#include "study/recipe_rules.h"

#include <fmt/format.h>

#include <cmath>

namespace plumbline {

bool NumberRange::contains(double value) const {
  return std::isfinite(value) && (with_low ? value >= low : value > low) && value < high;
}

std::string NumberRange::to_string() const {
  if (std::isinf(low)) {
    return "a finite number";
  }
  const std::string end = std::isinf(high) ? "" : fmt::format(" and below {}", high);
  return fmt::format("a number {} {}{}", with_low ? "of at least" : "above", low, end);
}

std::vector<OptimizerNumber> numbers_of(OptimizerKind kind) {
  std::vector<OptimizerNumber> numbers{{"learning_rate", &Optimizer::learning_rate, kAboveZero}};
  if (kind == OptimizerKind::Sgd || kind == OptimizerKind::RmsProp) {
    numbers.push_back({"momentum", &Optimizer::momentum, kFraction});
  }
  if (kind == OptimizerKind::Adam || kind == OptimizerKind::AdamW) {
    numbers.push_back({"beta_1", &Optimizer::beta_1, kFraction});
    numbers.push_back({"beta_2", &Optimizer::beta_2, kFraction});
  }
  if (kind == OptimizerKind::RmsProp || kind == OptimizerKind::Adadelta) {
    numbers.push_back({"rho", &Optimizer::rho, kFraction});
  }
  if (kind != OptimizerKind::Sgd) {
    numbers.push_back({"epsilon", &Optimizer::epsilon, kFromZero});
  }
  if (kind == OptimizerKind::Adagrad) {
    numbers.push_back({"initial_accumulator", &Optimizer::initial_accumulator, kFromZero});
  }
  numbers.push_back({"weight_decay", &Optimizer::weight_decay, kFromZero});
  return numbers;
}

std::vector<InitialiserNumber> numbers_of(InitialiserKind kind) {
  switch (kind) {
    case InitialiserKind::Constant:
      return {{"value", &Initialiser::value, kAnyNumber, true}};
    case InitialiserKind::Normal:
    case InitialiserKind::TruncatedNormal:
      return {{"mean", &Initialiser::mean, kAnyNumber, false},
              {"stddev", &Initialiser::stddev, kAboveZero, true}};
    default:
      return {};
  }
}

bool depends_on_fan(InitialiserKind kind) {
  switch (kind) {
    case InitialiserKind::Zeros:
    case InitialiserKind::Constant:
    case InitialiserKind::Normal:
    case InitialiserKind::TruncatedNormal:
      return false;
    default:
      return true;
  }
}

bool nesterov_lacks_momentum(const Optimizer& optimizer) {
  return optimizer.nesterov.value_or(false) && optimizer.momentum.value_or(0) == 0;
}

}  // namespace plumbline
