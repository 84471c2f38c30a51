#pragma once

#include "engine/reference/losses/clipped_cross_entropy.h"
#include "engine/reference/losses/mean_squared_error.h"
#include "engine/reference/losses/reduction.h"
#include "engine/reference/losses/softmax.h"
#include "engine/reference/losses/softmax_cross_entropy.h"

namespace plumbline::reference {

// The loss of a batch by itself and its gradient for the last layer's outputs z (batch, classes),
// under a dialect.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value loss_of(const A& a,
                            Loss loss,
                            const Dialect& dialect,
                            const Array<Value>& z,
                            std::span<const std::int64_t> labels) {
  const double divisor = reduction_divisor(loss, dialect.loss_reduction, z.shape());
  if (loss == Loss::MeanSquaredError) {
    return mean_squared_error(a, z, labels, divisor);
  }
  return dialect.cross_entropy == CrossEntropy::FromLogits
             ? softmax_cross_entropy(a, z, labels, divisor)
             : clipped_cross_entropy(a, dialect, softmax(a, z), labels, divisor);
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> loss_gradient(const A& a,
                                         Loss loss,
                                         const Dialect& dialect,
                                         const Array<Value>& z,
                                         std::span<const std::int64_t> labels) {
  const double divisor = reduction_divisor(loss, dialect.loss_reduction, z.shape());
  if (loss == Loss::MeanSquaredError) {
    return mean_squared_error_gradient(a, z, labels, divisor);
  }
  if (dialect.cross_entropy == CrossEntropy::FromLogits) {
    return softmax_cross_entropy_gradient(a, z, labels, divisor);
  }
  const Array<Value> p = softmax(a, z);
  return softmax_gradient(a, p, clipped_cross_entropy_gradient(a, dialect, p, labels, divisor));
}

}  // namespace plumbline::reference
