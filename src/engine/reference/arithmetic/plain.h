#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "engine/reference/arithmetic/ties.h"

namespace plumbline::reference {

// What Double and Float32 have in common: numbers that are just numbers, decisions that are just
// made.
template <typename Number>
struct Plain {
  using Value = Number;

  [[nodiscard]] Value input(double x) const { return static_cast<Value>(x); }
  [[nodiscard]] Value constant(double x) const { return static_cast<Value>(x); }

  [[nodiscard]] Value exp(Value x) const { return std::exp(x); }
  [[nodiscard]] Value log(Value x) const { return std::log(x); }
  [[nodiscard]] Value tanh(Value x) const { return std::tanh(x); }
  [[nodiscard]] Value erf(Value x) const { return std::erf(x); }
  [[nodiscard]] Value sqrt(Value x) const { return std::sqrt(x); }

  [[nodiscard]] Value select(Value condition, Value yes, Value no) const {
    return condition > 0 ? yes : no;
  }
  [[nodiscard]] Value maximum(std::span<const Value> values) const {
    return *std::max_element(values.begin(), values.end());
  }
  void winners(std::span<const Value> values, PoolTies ties, std::span<Value> gates) const {
    const Value largest = maximum(values);
    const auto tied = [&](std::size_t i) { return values[i] == largest; };
    const TieShares shares(values.size(), ties, tied);
    for (std::size_t i = 0; i < values.size(); ++i) {
      gates[i] = constant(shares.of(i));
    }
  }

  [[nodiscard]] Value shift(Value x) const { return x; }
  [[nodiscard]] Value shared(Value x) const { return x; }
  [[nodiscard]] Value allow(Value x, double, std::int64_t) const { return x; }
  [[nodiscard]] double size(Value x) const { return std::abs(static_cast<double>(x)); }
};

// The mean square distance from the mean in two passes, which does not cancel.
template <typename A, typename Element>
[[nodiscard]] typename A::Value two_pass_variance(const A& a,
                                                  std::int64_t n,
                                                  const Element& element,
                                                  typename A::Value mean) {
  auto squares = a.sum();
  for (std::int64_t i = 0; i < n; ++i) {
    const auto distance = element(i) - mean;
    squares.add_product(distance, distance);
  }
  return squares.total() / a.constant(static_cast<double>(n));
}

}  // namespace plumbline::reference
