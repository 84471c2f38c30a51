#pragma once

#include "engine/dialect.h"
#include "engine/reference/array.h"
#include "study/recipe.h"

namespace plumbline::reference {

// What a loss divides its sum by (LossReduction), of outputs of shape (batch, classes).
[[nodiscard]] inline double reduction_divisor(Loss loss, LossReduction reduction, const Shape& z) {
  if (reduction == LossReduction::Sum) {
    return 1;
  }
  const bool over_outputs = loss == Loss::MeanSquaredError && reduction == LossReduction::Mean;
  return static_cast<double>(over_outputs ? element_count(z) : z.front());
}

}  // namespace plumbline::reference
