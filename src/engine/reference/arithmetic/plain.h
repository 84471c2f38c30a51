#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

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
  void winners(std::span<const Value> values, std::span<Value> gates) const {
    std::fill(gates.begin(), gates.end(), Value{0});
    gates[static_cast<std::size_t>(std::max_element(values.begin(), values.end()) -
                                   values.begin())] = Value{1};
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
