#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <span>

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/arithmetic/plain.h"

namespace plumbline::reference {

// Complex-step differentiation (Squire & Trapp, SIAM Review 40, 1998): with the imaginary part of
// one weight at h = 1e-30, the imaginary part of the loss over h is its derivative to the last
// digit of float64. Decisions look at the real part.
struct ComplexStep {
  using Value = std::complex<double>;

  class Sum {
   public:
    void add(Value x) { total_ += x; }
    void add_product(Value x, Value y) { total_ += x * y; }
    [[nodiscard]] Value total() const { return total_; }

   private:
    Value total_{};
  };
  [[nodiscard]] Sum sum() const { return {}; }
  [[nodiscard]] Sum sum_of_alike() const { return {}; }
  [[nodiscard]] Value input(double x) const { return x; }
  [[nodiscard]] Value constant(double x) const { return x; }
  [[nodiscard]] Value exp(Value x) const { return std::exp(x); }
  [[nodiscard]] Value log(Value x) const { return std::log(x); }
  [[nodiscard]] Value tanh(Value x) const { return std::tanh(x); }
  [[nodiscard]] Value sqrt(Value x) const { return std::sqrt(x); }
  [[nodiscard]] Value erf(Value x) const {
    const double slope = 2 * std::numbers::inv_sqrtpi * std::exp(-x.real() * x.real());
    return {std::erf(x.real()), slope * x.imag()};
  }
  [[nodiscard]] Value select(Value condition, Value yes, Value no) const {
    return condition.real() > 0 ? yes : no;
  }
  [[nodiscard]] Value maximum(std::span<const Value> values) const {
    return *std::max_element(values.begin(), values.end(), less);
  }
  void winners(std::span<const Value> values, PoolTies ties, std::span<Value> gates) const {
    const Value largest = maximum(values);
    const auto tied = [&](std::size_t i) { return values[i].real() == largest.real(); };
    const TieShares shares(values.size(), ties, tied);
    for (std::size_t i = 0; i < values.size(); ++i) {
      gates[i] = shares.of(i);
    }
  }
  [[nodiscard]] Value shift(Value x) const { return x; }
  [[nodiscard]] Value shared(Value x) const { return x; }
  [[nodiscard]] Value allow(Value x, double, std::int64_t) const { return x; }
  [[nodiscard]] double size(Value x) const { return std::abs(x.real()); }
  template <typename Element>
  [[nodiscard]] Value variance(std::int64_t n, const Element& element, Value mean) const {
    return two_pass_variance(*this, n, element, mean);
  }

 private:
  static bool less(Value x, Value y) { return x.real() < y.real(); }
};
static_assert(Arithmetic<ComplexStep>);

}  // namespace plumbline::reference
