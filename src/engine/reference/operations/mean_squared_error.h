#pragma once

#include <span>

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"

namespace plumbline::reference {

// The mean over batch and outputs of (z - one_hot(label))^2, z (batch, classes).

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
                                       std::span<const std::int64_t> labels) {
  auto sum = a.sum();
  for (std::int64_t n = 0; n < z.rows(); ++n) {
    for (std::int64_t c = 0; c < z.channels(); ++c) {
      const Value distance = distance_from_one_hot(a, z, labels, n, c);
      sum.add_product(distance, distance);
    }
  }
  return sum.total() / a.constant(static_cast<double>(z.size()));
}

// dz = 2 (z - one_hot(label)) / (batch * outputs)
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> mean_squared_error_gradient(const A& a,
                                                       const Array<Value>& z,
                                                       std::span<const std::int64_t> labels) {
  Array<Value> dz(z.shape());
  for (std::int64_t n = 0; n < z.rows(); ++n) {
    for (std::int64_t c = 0; c < z.channels(); ++c) {
      const Value distance = distance_from_one_hot(a, z, labels, n, c);
      dz(n, c) = a.constant(2) * distance / a.constant(static_cast<double>(z.size()));
    }
  }
  return dz;
}

}  // namespace plumbline::reference
