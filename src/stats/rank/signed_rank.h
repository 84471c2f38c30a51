#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace plumbline {

// The distribution of Wilcoxon's signed-rank statistic W of n values without ties, that is of the
// sum of a random subset of 1..n. Exact up to this many values; above, the normal law with a
// correction for continuity and for kurtosis (Edgeworth), whose error is below 1e-6 there.
inline constexpr std::size_t kExactSignedRanks = 200;
// P(W <= w) for w = 0..n (n + 1) / 2; n at most kExactSignedRanks.
[[nodiscard]] std::vector<double> signed_rank_cdf(std::size_t n);

// The largest k with P(W <= k - 1) <= tail: the k-th smallest and the k-th largest of the means of
// two values bound an interval that leaves at most `tail` out on each side. Absent where even k = 1
// leaves more.
[[nodiscard]] std::optional<std::size_t> signed_rank_depth(std::size_t n, double tail);
// The smallest n that has one.
[[nodiscard]] std::size_t fewest_pairs(double tail);

// Wilcoxon's test that the values lie symmetrically around 0, two-sided. Zeros are left out
// (Wilcoxon's own way, not Pratt's) and ties share the mean of their ranks; the p-value is exact
// given the ties up to kExactSignedRanks values that are not zero. 1 where all are zero; absent of
// nothing. Throws Error for values that are not finite.
[[nodiscard]] std::optional<double> signed_rank_p(std::span<const double> values);

}  // namespace plumbline
