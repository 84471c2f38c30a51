#include "stats/pairs/example_counts.h"

#include <algorithm>

#include "stats/count/examples.h"
#include "stats/pairs/pair_family.h"

namespace plumbline {

ExampleCounts::ExampleCounts(const TrialMatrix& matrix) : matrix_(matrix) {
  for (std::size_t stack = 0; stack < matrix.stacks; ++stack) {
    const std::vector<std::size_t> seeds = trained_seeds(matrix, stack);
    stacks_.push_back({seeds.size(), counts_over(stack, seeds)});
  }
}

std::optional<std::vector<std::uint32_t>> ExampleCounts::counts_over(
    std::size_t stack, std::span<const std::size_t> seeds) const {
  std::vector<CorrectBits> networks;
  networks.reserve(seeds.size());
  for (const std::size_t seed : seeds) {
    if (matrix_.at(stack, seed).correct.empty()) {
      return std::nullopt;
    }
    networks.push_back(matrix_.at(stack, seed).correct);
  }
  return count_correct(networks, matrix_.examples);
}

std::optional<double> ExampleCounts::variance(std::size_t stack) const {
  const StackCounts& known = stacks_[stack];
  return known.counts ? example_variance(*known.counts, known.seeds) : std::nullopt;
}

std::optional<double> ExampleCounts::variance(std::size_t first,
                                              std::size_t second,
                                              std::span<const std::size_t> seeds) const {
  const auto counts_of = [&](std::size_t stack) {
    return stacks_[stack].seeds == seeds.size() ? stacks_[stack].counts : counts_over(stack, seeds);
  };
  const auto a = counts_of(first);
  const auto b = counts_of(second);
  return a && b ? example_variance(*a, seeds.size(), *b) : std::nullopt;
}

std::optional<double> ExampleCounts::predicted_sd(std::size_t stack) const {
  const StackCounts& known = stacks_[stack];
  return known.counts ? predicted_seed_sd(*known.counts, known.seeds) : std::nullopt;
}

bool same_bits(const TrialMatrix& matrix,
               std::size_t first,
               std::size_t second,
               std::span<const std::size_t> seeds) {
  return !seeds.empty() && std::all_of(seeds.begin(), seeds.end(), [&](std::size_t seed) {
    const TrialResult& a = matrix.at(first, seed);
    const TrialResult& b = matrix.at(second, seed);
    return !a.correct.empty() && !b.correct.empty() &&
           disagreement(a.correct, b.correct, matrix.examples).only_first == 0 &&
           disagreement(a.correct, b.correct, matrix.examples).only_second == 0;
  });
}

}  // namespace plumbline
