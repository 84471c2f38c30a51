#pragma once

#include <vector>

#include "stats/comparison.h"
#include "stats/pairs/pair_family.h"

namespace plumbline {

// Compares times pair by pair: the Hodges-Lehmann estimate of the ratio of the two times of a seed
// block, with the interval from Wilcoxon's signed-rank test, at alpha over the number of pairs.
// Only blocks whose trials were timed together.
[[nodiscard]] std::vector<TimeComparison> compare_times(const TrialMatrix& matrix,
                                                        const PairFamily& family,
                                                        const ComparisonSettings& settings);

// Whether the times of a seed block may be compared.
[[nodiscard]] bool timed_together(const TrialMatrix& matrix, std::size_t seed);

}  // namespace plumbline
