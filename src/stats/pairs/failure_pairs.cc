#include "stats/pairs/failure_pairs.h"

#include "stats/count/fisher.h"
#include "stats/count/proportion.h"

namespace plumbline {

namespace {

Counted counted(const FailureCount& count) {
  return {count.diverged + count.failed, count.trials};
}

double share(const FailureCount& count) {
  return static_cast<double>(count.diverged + count.failed) / static_cast<double>(count.trials);
}

}  // namespace

std::vector<FailureCount> count_failures(const TrialMatrix& matrix, double confidence) {
  std::vector<FailureCount> counts(matrix.stacks);
  for (std::size_t stack = 0; stack < matrix.stacks; ++stack) {
    FailureCount& count = counts[stack];
    for (std::size_t seed = 0; seed < matrix.seeds; ++seed) {
      const TrialState state = matrix.at(stack, seed).state;
      count.diverged += state == TrialState::Diverged ? 1 : 0;
      count.failed += state == TrialState::Failed ? 1 : 0;
      count.trials += state == TrialState::NotRun || state == TrialState::Unsupported ? 0 : 1;
    }
    if (count.trials > 0) {
      count.share = share_interval(count.diverged + count.failed, count.trials, confidence);
    }
  }
  return counts;
}

std::vector<FailureComparison> compare_failures(const std::vector<FailureCount>& counts,
                                                const PairFamily& family,
                                                double confidence) {
  std::vector<std::optional<double>> p_values;
  for (const auto& [first, second] : family.pairs) {
    const bool any = counts[first].trials > 0 && counts[second].trials > 0;
    p_values.push_back(
        any ? std::optional(fisher_p(counted(counts[first]), counted(counts[second])))
            : std::nullopt);
  }
  const std::vector<std::optional<double>> adjusted = holm_where_known(p_values);
  std::vector<FailureComparison> result(family.pairs.size());
  for (std::size_t pair = 0; pair < result.size(); ++pair) {
    const auto& [first, second] = family.pairs[pair];
    result[pair].p = p_values[pair];
    result[pair].p_holm = adjusted[pair];
    if (adjusted[pair] && *adjusted[pair] <= 1 - confidence) {
      result[pair].verdict =
          share(counts[first]) < share(counts[second]) ? PairVerdict::Better : PairVerdict::Worse;
    }
  }
  return result;
}

}  // namespace plumbline
