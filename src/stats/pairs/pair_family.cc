#include "stats/pairs/pair_family.h"

#include "stats/holm.h"

namespace plumbline {

PairFamily pair_family(std::size_t stacks, std::optional<std::size_t> reference) {
  PairFamily family;
  family.kind = reference ? Family::WithOne : Family::AllPairs;
  for (std::size_t first = 0; first < stacks; ++first) {
    for (std::size_t second = first + 1; second < stacks; ++second) {
      if (!reference || first == *reference || second == *reference) {
        family.pairs.emplace_back(first, second);
      }
    }
  }
  return family;
}

std::vector<std::optional<double>> holm_where_known(
    const std::vector<std::optional<double>>& p_values) {
  std::vector<double> known;
  for (const std::optional<double>& p : p_values) {
    if (p) {
      known.push_back(*p);
    }
  }
  const std::vector<double> adjusted = holm(known);
  std::vector<std::optional<double>> result(p_values.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (p_values[i]) {
      result[i] = adjusted[next++];
    }
  }
  return result;
}

std::vector<std::size_t> trained_seeds(const TrialMatrix& matrix,
                                       std::size_t first,
                                       std::size_t second) {
  std::vector<std::size_t> seeds;
  for (std::size_t seed = 0; seed < matrix.seeds; ++seed) {
    if (matrix.at(first, seed).state == TrialState::Trained &&
        matrix.at(second, seed).state == TrialState::Trained) {
      seeds.push_back(seed);
    }
  }
  return seeds;
}

std::vector<std::size_t> trained_seeds(const TrialMatrix& matrix, std::size_t stack) {
  return trained_seeds(matrix, stack, stack);
}

}  // namespace plumbline
