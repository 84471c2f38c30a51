#pragma once

#include <random>
#include <vector>

#include "engine/defaults.h"
#include "engine/reference/model.h"

namespace plumbline::reference {

// Legal float32 evaluations against the budgets of BoundedArithmetic, for the tests.

// Orders of summation, with and without fused products and one-pass variances.
[[nodiscard]] std::vector<Float32Dialect> all_float32_dialects();

// How the errors of legal evaluations lie to the budgets.
class Ratios {
 public:
  void take(Bounded expected, float found);
  void take(const Array<Bounded>& expected, const Array<float>& found);
  [[nodiscard]] double worst() const;  // 0 where all was exact
  [[nodiscard]] double median();

 private:
  std::vector<double> ratios_;
};

// One step of a network at random weights on a batch of four, in every float32 dialect: outputs,
// loss, gradients and weights.
void take_step(const Settings& settings, std::mt19937& random, Ratios& ratios);

}  // namespace plumbline::reference
