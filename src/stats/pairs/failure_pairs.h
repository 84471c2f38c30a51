#pragma once

#include <vector>

#include "stats/comparison.h"
#include "stats/pairs/pair_family.h"

namespace plumbline {

// How many trials of each stack ended without a trained network. (stacks)
[[nodiscard]] std::vector<FailureCount> count_failures(const TrialMatrix& matrix,
                                                       double confidence);

// Fisher's test on each pair, adjusted by Holm's method.
[[nodiscard]] std::vector<FailureComparison> compare_failures(
    const std::vector<FailureCount>& counts, const PairFamily& family, double confidence);

}  // namespace plumbline
