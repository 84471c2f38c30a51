#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "stats/mean/max_t.h"
#include "stats/pair_verdict.h"
#include "stats/trial_matrix.h"

namespace plumbline {

// Which pairs of stacks are compared, and how many of them share one chance of error.
struct PairFamily {
  Family kind = Family::AllPairs;
  std::vector<std::pair<std::size_t, std::size_t>> pairs;  // first < second
};

// Every pair, or those with the reference.
[[nodiscard]] PairFamily pair_family(std::size_t stacks, std::optional<std::size_t> reference);

// The p-values adjusted by Holm's method among those that there are.
[[nodiscard]] std::vector<std::optional<double>> holm_where_known(
    const std::vector<std::optional<double>>& p_values);

// The seeds with which a stack trained, ascending.
[[nodiscard]] std::vector<std::size_t> trained_seeds(const TrialMatrix& matrix, std::size_t stack);
[[nodiscard]] std::vector<std::size_t> trained_seeds(const TrialMatrix& matrix,
                                                     std::size_t first,
                                                     std::size_t second);

}  // namespace plumbline
