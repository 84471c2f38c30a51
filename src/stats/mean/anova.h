#pragma once

#include <optional>
#include <span>
#include <vector>

namespace plumbline {

// One-way analysis of variance.
struct Anova {
  double between_squares = 0;
  double within_squares = 0;
  double between_df = 0;
  double within_df = 0;
  double f = 0;
  double p = 1;
};

// Absent for fewer than two groups, an empty group, no more values than groups, or groups without
// any spread inside. In two passes around the mean of all, so that a large mean costs no digits
// that the values themselves have. Throws Error for values that are not finite.
[[nodiscard]] std::optional<Anova> one_way_anova(std::span<const std::vector<double>> groups);

// Do the groups spread equally? An analysis of variance of the distances from each group's median
// (Brown and Forsythe, "Robust tests for the equality of variances", JASA 69, 1974). The p-value.
[[nodiscard]] std::optional<double> brown_forsythe(std::span<const std::vector<double>> groups);

}  // namespace plumbline
