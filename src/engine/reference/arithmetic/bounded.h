#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "engine/reference/arithmetic/arithmetic.h"

namespace plumbline::reference {

// The oracle's value, and how far from it a float32 evaluation may be by rounding. Running error
// analysis (Wilkinson; Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed.,
// section 3.3) to first order, but for sums: the errors of their terms are taken as independent,
// sqrt(sum B^2), and not as all of one sign, sum B. The latter is safe and says nothing: on the
// paper's CNN it gives the first layer's gradient a budget of 100 times the gradient. So a budget
// is a rule, not a proof. Where errors go together, or drift as in a long sequential sum of one
// sign, a legal evaluation may exceed it by a small factor; a verdict therefore asks the float32
// cloud too. An infinite budget says that nothing is known.
struct Bounded {
  double value = 0;
  double bound = 0;
};

inline constexpr double kUnitRoundoff = 0x1p-24;     // of float32
inline constexpr double kSmallestNormal = 0x1p-126;  // results below may be flushed to zero
// How much the error of a shared value counts. Errors that go together do not average out in later
// sums: in a network of five batch_norms budgets were short by factors of up to 4 without this.
inline constexpr double kShared = 4;

// The budget of one rounded result.
[[nodiscard]] inline double rounding_of(double value) {
  return value == 0 ? 0 : kUnitRoundoff * std::abs(value) + kSmallestNormal;
}
// The budget that x * y takes over from its factors; nothing of an infinite budget passes a factor
// of exactly 0.
[[nodiscard]] inline double carried_by_product(Bounded x, Bounded y) {
  const double from_y = y.bound == 0 ? 0 : (std::abs(x.value) + x.bound) * y.bound;
  const double from_x = x.bound == 0 || y.value == 0 ? 0 : std::abs(y.value) * x.bound;
  return from_y + from_x;
}

[[nodiscard]] inline Bounded operator-(Bounded x) {
  return {-x.value, x.bound};
}
[[nodiscard]] inline Bounded operator+(Bounded x, Bounded y) {
  const double value = x.value + y.value;
  // Adding a true zero does not round.
  const bool copies = (x.value == 0 && x.bound == 0) || (y.value == 0 && y.bound == 0);
  return {value, x.bound + y.bound + (copies ? 0 : rounding_of(value))};
}
[[nodiscard]] inline Bounded operator-(Bounded x, Bounded y) {
  return x + -y;
}
[[nodiscard]] inline Bounded operator*(Bounded x, Bounded y) {
  const double value = x.value * y.value;
  return {value, carried_by_product(x, y) + rounding_of(value)};
}
// A divisor that might be 0 gives an infinite budget.
[[nodiscard]] inline Bounded operator/(Bounded x, Bounded y) {
  const double value = x.value / y.value;
  const double nearest = std::abs(y.value) - y.bound;
  const double carried = nearest > 0 ? (x.bound + std::abs(value) * y.bound) / nearest : INFINITY;
  return {value, carried + rounding_of(value)};
}

class BoundedArithmetic {
 public:
  using Value = Bounded;

  class Sum {
   public:
    explicit Sum(bool alike) : alike_(alike) {}
    void add(Bounded x) { add_term(x.value, x.bound); }
    void add_product(Bounded x, Bounded y) {
      add_term(x.value * y.value, carried_by_product(x, y));
    }
    [[nodiscard]] Bounded total() const;

   private:
    void add_term(double value, double bound) {
      value_ += value;
      highest_ = std::max(highest_, std::abs(value_));
      size_ += std::abs(value);
      squares_ += value * value;
      carried_ += bound;
      carried_squares_ += bound * bound;
      terms_ += value != 0 || bound != 0 ? 1 : 0;
    }
    double value_ = 0;
    double highest_ = 0;  // |partial sum|
    double size_ = 0;     // sum of |terms|
    double squares_ = 0;  // of the terms
    double carried_ = 0;  // of the terms' budgets
    double carried_squares_ = 0;
    bool alike_;
    std::int64_t terms_ = 0;
  };
  [[nodiscard]] Sum sum() const { return Sum(false); }
  [[nodiscard]] Sum sum_of_alike() const { return Sum(true); }

  // Data are float32 numbers already.
  [[nodiscard]] Bounded input(double x) const { return {x, 0}; }
  // Frameworks round a constant to float32, or compute it from rounded ones.
  [[nodiscard]] Bounded constant(double x) const {
    const bool exact = static_cast<double>(static_cast<float>(x)) == x;
    return {x, exact ? 0 : rounding_of(x)};
  }

  [[nodiscard]] Bounded exp(Bounded x) const;
  [[nodiscard]] Bounded log(Bounded x) const;
  [[nodiscard]] Bounded tanh(Bounded x) const;
  [[nodiscard]] Bounded erf(Bounded x) const;
  [[nodiscard]] Bounded sqrt(Bounded x) const;

  // A decision within the budget may fall either way, so the result is uncertain by the whole
  // difference.
  [[nodiscard]] Bounded select(Bounded condition, Bounded yes, Bounded no) const;
  [[nodiscard]] Bounded maximum(std::span<const Bounded> values) const;
  void winners(std::span<const Bounded> values, PoolTies ties, std::span<Bounded> gates) const;

  [[nodiscard]] Bounded shift(Bounded x) const { return {x.value, 0}; }
  [[nodiscard]] Bounded shared(Bounded x) const { return {x.value, kShared * x.bound}; }
  [[nodiscard]] Bounded allow(Bounded x, double size, std::int64_t terms) const;
  [[nodiscard]] double size(Bounded x) const { return std::abs(x.value); }

  // One pass, two passes and Welford's method are all legal; the first cancels, so the budget is
  // relative to E[x^2], not to the variance. An error of the mean has no first-order effect.
  template <typename Element>
  [[nodiscard]] Bounded variance(std::int64_t n, const Element& element, Bounded mean) const {
    Sum squares = sum();
    double square_sum = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      const Bounded x = element(i);
      const Bounded distance = {x.value - mean.value, x.bound};
      squares.add_product(distance, distance);
      square_sum += x.value * x.value;
    }
    Bounded variance = squares.total() / constant(static_cast<double>(n));
    variance.bound += mean.bound * mean.bound;
    return allow(variance, square_sum / static_cast<double>(n), n);
  }
};
static_assert(Arithmetic<BoundedArithmetic>);

}  // namespace plumbline::reference
