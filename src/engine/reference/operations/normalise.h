#pragma once

#include <cmath>
#include <cstdint>

#include "engine/reference/arithmetic/arithmetic.h"

namespace plumbline::reference {

// The arithmetic that batch_norm and layer_norm share: one group of n numbers is shifted and scaled
// to mean 0, variance 1, then by gamma and beta. They differ in what a group is.
//   mean = sum x / n,  variance = sum (x - mean)^2 / n,
//   s = 1 / sqrt(variance + epsilon),  xhat = (x - mean) * s

template <typename Value>
struct Moments {
  Value mean;
  Value variance;
};

// `empty` is an empty sum: a.sum() for moments to normalise by, in which errors that all elements
// share cancel.
template <Arithmetic A, typename Element, typename Sum>
[[nodiscard]] Moments<typename A::Value> moments(const A& a,
                                                 std::int64_t n,
                                                 const Element& element,
                                                 const Sum& empty) {
  Sum sum = empty;
  for (std::int64_t i = 0; i < n; ++i) {
    sum.add(element(i));
  }
  const auto mean = sum.total() / a.constant(static_cast<double>(n));
  return {mean, a.variance(n, element, mean)};
}

// What every element of a group is normalised by.
template <typename Value>
struct Scale {
  Value mean;
  Value s;
};

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Scale<Value> scale_of(const A& a, const Moments<Value>& group, double epsilon) {
  const Value s = a.constant(1) / a.sqrt(group.variance + a.constant(epsilon));
  return {a.shared(group.mean), a.shared(s)};
}

// (x - mean) * s * gamma + beta. x * (s * gamma) + (beta - mean * s * gamma) is legal too; its
// terms are larger.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value scale_and_shift(
    const A& a, Value x, const Scale<Value>& group, Value gamma, Value beta) {
  const double terms = (a.size(x) + a.size(group.mean)) * a.size(group.s) * a.size(gamma);
  return a.allow((x - group.mean) * group.s * gamma + beta, terms, 1);
}

// What the gradient of one group needs of it: the sums of g and of g * xhat, with g the gradient
// for xhat.
template <typename Value>
struct GroupGradient {
  Value sum;
  Value dot;
};

// `gradient(i)` is g, `element(i)` is x.
template <Arithmetic A, typename Element, typename Gradient, typename Value = typename A::Value>
[[nodiscard]] GroupGradient<Value> group_gradient(const A& a,
                                                  std::int64_t n,
                                                  const Element& element,
                                                  const Gradient& gradient,
                                                  const Scale<Value>& group) {
  auto sum = a.sum();
  auto dot = a.sum();
  double dot_size = 0;  // of the legal form s * (sum g x - mean * sum g), whose terms are larger
  for (std::int64_t i = 0; i < n; ++i) {
    const Value g = gradient(i);
    const Value x = element(i);
    sum.add(g);
    dot.add_product(g, (x - group.mean) * group.s);
    dot_size += a.size(g) * (a.size(x) + a.size(group.mean)) * a.size(group.s);
  }
  return {sum.total(), a.allow(dot.total(), dot_size, n)};
}

// dx = s * (g - sum g / n - xhat * sum(g * xhat) / n)      Ioffe & Szegedy 2015, section 3
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value normalise_gradient(const A& a,
                                       std::int64_t n,
                                       Value x,
                                       Value g,
                                       const Scale<Value>& group,
                                       const GroupGradient<Value>& whole) {
  const Value count = a.constant(static_cast<double>(n));
  const Value xhat = (x - group.mean) * group.s;
  const Value mean_g = a.shared(whole.sum / count);
  const Value mean_dot = a.shared(whole.dot / count);
  const double terms =
      (a.size(x) + a.size(group.mean)) * a.size(group.s) * a.size(group.s) * a.size(mean_dot);
  return a.allow(group.s * (g - mean_g - xhat * mean_dot), terms, 1);
}

}  // namespace plumbline::reference
