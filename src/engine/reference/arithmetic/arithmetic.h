#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include "engine/dialect.h"

namespace plumbline::reference {

// What an operation computes with. Every operation and optimizer of this folder is written once, as
// a template over an Arithmetic, and so runs unchanged as
//   Double    the oracle (double.h)
//   Float32   what a float32 framework may compute, in one legal order of summation (float32.h)
//   Bounded   the oracle's value, and a budget for any float32 framework's error (bounded.h)
// An Arithmetic is a small value passed by const reference. Its Value has + - * / and unary -, each
// rounding once; `{}` is 0. Besides, it supplies what these operators cannot say:
//
//   input(x)              a datum, as exact as it comes: a pixel, a weight
//   constant(x)           a number of the recipe or of the formula: 0.999, 1 / n
//   sum()                 an empty inner product with add(x), add_product(x, y) and then total();
//                         its order is the arithmetic's own
//   sum_of_alike()        the same for numbers that may all err together: in a flat image the same
//                         rounding is repeated a thousand times
//   exp(x), log(x), tanh(x), erf(x), sqrt(x)
//   select(c, yes, no)    yes where c > 0, else no
//   maximum(xs)           the largest
//   winners(xs, ties, gates)   the derivative of maximum: gates[i] = 1 at the largest, else 0; of
//                         several by the rule
//   shift(x)              x as a shift that the result does not depend on: its error is harmless
//   shared(x)             x as what many elements of a result have in common: they err together
//   variance(n, element, mean)   mean square distance of element(0 .. n-1) from their mean
//   allow(x, size, terms) x; a budget makes room for other legal formulas of x, which sum `terms`
//                         terms of total |size|
//   size(x)               |x| as a double, for `allow`
template <typename A>
concept Arithmetic = requires(const A a,
                              const typename A::Value x,
                              std::span<const typename A::Value> xs,
                              std::span<typename A::Value> gates,
                              typename A::Value (*element)(std::int64_t),
                              decltype(a.sum()) sum) {
  { a.input(1.0) } -> std::same_as<typename A::Value>;
  { a.constant(1.0) } -> std::same_as<typename A::Value>;
  { sum.add(x) };
  { sum.add_product(x, x) };
  { sum.total() } -> std::same_as<typename A::Value>;
  { a.sum_of_alike() } -> std::same_as<decltype(a.sum())>;
  { a.exp(x) } -> std::same_as<typename A::Value>;
  { a.log(x) } -> std::same_as<typename A::Value>;
  { a.tanh(x) } -> std::same_as<typename A::Value>;
  { a.erf(x) } -> std::same_as<typename A::Value>;
  { a.sqrt(x) } -> std::same_as<typename A::Value>;
  { a.select(x, x, x) } -> std::same_as<typename A::Value>;
  { a.maximum(xs) } -> std::same_as<typename A::Value>;
  { a.winners(xs, PoolTies::First, gates) };
  { a.shift(x) } -> std::same_as<typename A::Value>;
  { a.shared(x) } -> std::same_as<typename A::Value>;
  { a.variance(std::int64_t{1}, element, x) } -> std::same_as<typename A::Value>;
  { a.allow(x, 1.0, std::int64_t{1}) } -> std::same_as<typename A::Value>;
  { a.size(x) } -> std::same_as<double>;
};

}  // namespace plumbline::reference
