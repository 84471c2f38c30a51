#pragma once

#include <cstdint>
#include <span>

#include "engine/dialect.h"
#include "engine/fast/runtime.h"
#include "engine/fast/value.h"
#include "study/recipe.h"

namespace plumbline::fast {

// The end of a plan: the loss of a batch and its gradient by the outputs.
class LossHead {
 public:
  // Registers its gradient as a contribution to `output`, which is (batch, classes).
  LossHead(const Runtime& runtime, Loss loss, LossReduction reduction, Value& output);
  // Labels are checked before. Fills the gradient and returns the loss.
  double run(std::span<const std::int64_t> labels);

 private:
  Loss loss_;
  double terms_;  // by what the sum is divided
  std::int64_t batch_;
  std::int64_t classes_;
  dnnl::memory output_;
  dnnl::memory gradient_;
  std::vector<double> row_losses_;
};

}  // namespace plumbline::fast
