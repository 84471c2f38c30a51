#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "stats/interval.h"

namespace plumbline {

// How many times as often one stack errs on one data set as on another: mean error over mean error.
struct ErrorRatio {
  std::size_t seeds = 0;
  std::optional<double> ratio;       // absent without seeds or errors below
  std::optional<Interval> interval;  // other seeds, these test sets; a bound may be infinite
  std::optional<Interval> new_test_sets_interval;  // other seeds, other test sets
};

// Test-set noise of a mean error: the variance of the examples' mean errors over their number
// (see examples.h). One of the numerator's data set, one of the denominator's.
struct ExampleVariances {
  double numerator = 0;
  double denominator = 0;
};

// `numerator` and `denominator` are shares of wrong examples, 0 to 1, of the same stack; the i-th
// of both share a seed. Fieller's interval. Throws Error for lengths that differ or a share outside
// 0 to 1.
[[nodiscard]] ErrorRatio error_ratio(std::span<const double> numerator,
                                     std::span<const double> denominator,
                                     double confidence,
                                     const std::optional<ExampleVariances>& examples = {});

}  // namespace plumbline
