#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

#include "engine/reference/array.h"
#include "engine/reference/complex_step.h"

namespace plumbline::reference {

// Two derivatives of a number, computed from an array, for one element of it, that share nothing.

// `value(x)` in ComplexStep, to the last digit.
template <typename Value>
[[nodiscard]] double complex_slope(Array<ComplexStep::Value> x,
                                   std::int64_t e,
                                   const Value& value) {
  constexpr double kStep = 1e-30;
  x(e) += ComplexStep::Value(0, kStep);
  return value(x).imag() / kStep;
}

// `value(x)` in Double, by central differences of fourth order with a truncation of about 1e-12 and
// a cancellation of 1e-12, both of the value's size. Nothing where a kink is so near that half the
// step gives another answer.
template <typename Value>
[[nodiscard]] std::optional<double> central_slope(Array<double> x,
                                                  std::int64_t e,
                                                  const Value& value) {
  const double place = x(e);
  const auto difference = [&](double step) {
    const auto at = [&](double shift) {
      x(e) = place + shift;
      return value(x);
    };
    return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
  };
  const double wide = difference(1e-3);
  const double narrow = difference(5e-4);
  if (std::abs(wide - narrow) > 1e-8 * (1 + std::abs(narrow))) {
    return std::nullopt;
  }
  return narrow;
}

}  // namespace plumbline::reference
