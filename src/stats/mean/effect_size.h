#pragma once

#include <optional>
#include <span>

#include "stats/summary.h"

namespace plumbline {

// Mean over standard deviation of paired differences, less the bias of small samples (Hedges,
// "Distribution theory for Glass's estimator of effect size", Journal of Educational Statistics 6,
// 1981). Absent for fewer than three values or without spread.
[[nodiscard]] std::optional<double> hedges_g(const Summary& differences);

// The share of differences above zero, zeros counting half: how often the first wins. Absent of
// nothing.
[[nodiscard]] std::optional<double> probability_above(std::span<const double> differences);

// Pearson's. Absent for fewer than three pairs or where one side has no spread. Throws Error for
// lengths that differ.
[[nodiscard]] std::optional<double> correlation(std::span<const double> first,
                                                std::span<const double> second);

}  // namespace plumbline
