#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "stats/interval.h"
#include "stats/summary.h"

namespace plumbline {

// An estimated mean, or a difference of means, and how far it may be off: everything that Student's
// t needs.
struct MeanEstimate {
  double mean = 0;
  double standard_error = 0;
  double df = 0;  // degrees of freedom of the standard error
};

// Absent for fewer than two values. Throws Error for values that are not finite.
[[nodiscard]] std::optional<MeanEstimate> mean_estimate(std::span<const double> values);
[[nodiscard]] std::optional<MeanEstimate> mean_estimate(const Summary& summary);

// Of first - second, seed by seed: the paired t. Throws Error for lengths that differ.
[[nodiscard]] std::optional<MeanEstimate> paired_estimate(std::span<const double> first,
                                                          std::span<const double> second);

// Of first - second, two independent samples with spreads of their own (Welch, "The generalization
// of Student's problem", Biometrika 34, 1947). Absent where one has fewer than two values, or
// neither has any spread.
[[nodiscard]] std::optional<MeanEstimate> welch_estimate(std::span<const double> first,
                                                         std::span<const double> second);

// mean ± critical x standard error.
[[nodiscard]] Interval interval_around(const MeanEstimate& estimate,
                                       double critical,
                                       double confidence);
// The same with Student's critical value: for this estimate alone.
[[nodiscard]] Interval t_interval(const MeanEstimate& estimate, double confidence);

// Two-sided p-value of "the mean is `expected`". Absent without spread: then t has no meaning, and
// 0 would be no p-value but a division by zero.
[[nodiscard]] std::optional<double> t_test_p(const MeanEstimate& estimate, double expected = 0);

}  // namespace plumbline
