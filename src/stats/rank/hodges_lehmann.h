#pragma once

#include <optional>
#include <span>

#include "stats/interval.h"

namespace plumbline {

// The middle of values that lie symmetrically around it, whatever their distribution: the median of
// the means of every two of them, each with itself as well (Hodges and Lehmann, "Estimates of
// location based on rank tests", Annals of Mathematical Statistics 34, 1963). The interval holds
// all middles that Wilcoxon's signed-rank test does not reject; ties make it wider, never too
// narrow.
struct Middle {
  double estimate = 0;
  std::optional<Interval> interval;  // absent for too few values: 95% needs six
};

// Absent of nothing. n log n time. Throws Error for values that are not finite.
[[nodiscard]] std::optional<Middle> hodges_lehmann(std::span<const double> values,
                                                   double confidence);

}  // namespace plumbline
