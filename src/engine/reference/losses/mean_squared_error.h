#pragma once

#include <span>

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"

namespace plumbline::reference {

// The sum over batch and outputs of (z - one_hot(label))^2, z (batch, classes), over `divisor`:
// their number for the mean (reduction.h).

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value distance_from_one_hot(const A& a,
                                          const Array<Value>& z,
                                          std::span<const std::int64_t> labels,
                                          std::int64_t n,
                                          std::int64_t c) {
  return z(n, c) - a.constant(c == labels[static_cast<std::size_t>(n)] ? 1 : 0);
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value mean_squared_error(const A& a,
                                       const Array<Value>& z,
                                       std::span<const std::int64_t> labels,
                                       double divisor) {
  auto sum = a.sum();
  for (std::int64_t n = 0; n < z.rows(); ++n) {
    for (std::int64_t c = 0; c < z.channels(); ++c) {
      const Value distance = distance_from_one_hot(a, z, labels, n, c);
      sum.add_product(distance, distance);
    }
  }
  return sum.total() / a.constant(divisor);
}

// dz = 2 (z - one_hot(label)) / divisor
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> mean_squared_error_gradient(const A& a,
                                                       const Array<Value>& z,
                                                       std::span<const std::int64_t> labels,
                                                       double divisor) {
  Array<Value> dz(z.shape());
  for (std::int64_t n = 0; n < z.rows(); ++n) {
    for (std::int64_t c = 0; c < z.channels(); ++c) {
      const Value distance = distance_from_one_hot(a, z, labels, n, c);
      dz(n, c) = a.constant(2) * distance / a.constant(divisor);
    }
  }
  return dz;
}

}  // namespace plumbline::reference
