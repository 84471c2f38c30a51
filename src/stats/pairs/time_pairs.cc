#include "stats/pairs/time_pairs.h"

#include <algorithm>
#include <cmath>

#include "stats/distribution.h"
#include "stats/mean/power.h"
#include "stats/rank/hodges_lehmann.h"
#include "stats/rank/signed_rank.h"

namespace plumbline {

namespace {

std::vector<double> log_ratios(const TrialMatrix& matrix,
                               const std::pair<std::size_t, std::size_t>& pair) {
  std::vector<double> ratios;
  for (const std::size_t seed : trained_seeds(matrix, pair.first, pair.second)) {
    const auto& first = matrix.at(pair.first, seed).seconds;
    const auto& second = matrix.at(pair.second, seed).seconds;
    if (timed_together(matrix, seed) && first && second) {
      ratios.push_back(std::log(*first / *second));
    }
  }
  return ratios;
}

std::optional<Interval> as_ratios(const std::optional<Interval>& logs, double confidence) {
  if (!logs) {
    return std::nullopt;
  }
  return Interval{std::exp(logs->low), std::exp(logs->high), confidence};
}

// What the width of an interval says about the spread of one log ratio: for normal values the
// estimate has a standard error of sd x sqrt(pi / 3 / n), but this needs no normal values.
TestPlan plan_from(const Interval& logs, std::size_t n, double alpha) {
  TestPlan plan;
  plan.alpha = alpha;
  plan.sd = (logs.high - logs.low) / 2 / standard_normal_quantile(1 - alpha / 2) *
            std::sqrt(static_cast<double>(n));
  return plan;
}

void plan_more(const Middle& middle,
               std::size_t n,
               double alpha,
               const ComparisonSettings& settings,
               TimeComparison& result) {
  const TestPlan plan = plan_from(*middle.interval, n, alpha);
  if (!(plan.sd > 0)) {
    return;
  }
  if (const auto detectable = detectable_mean(plan, n, settings.power)) {
    result.detectable_ratio = std::exp(*detectable);
  }
  if (result.verdict != PairVerdict::Undecided) {
    return;
  }
  const double observed = std::abs(middle.estimate);
  const double to_decide =
      std::max(observed, std::log1p(settings.time_margin.value_or(0)) - observed);
  if (const auto needed = needed_count(plan, to_decide, settings.power)) {
    result.needed_ratio = std::exp(to_decide);
    result.needed_seeds = std::max({*needed, n + 1, fewest_pairs(alpha / 2)});
  }
}

TimeComparison compare_pair(const std::vector<double>& ratios,
                            double alpha,
                            const ComparisonSettings& settings) {
  TimeComparison result;
  result.seeds = ratios.size();
  result.exploratory = result.seeds < kExploratoryBelow;
  const auto middle = hodges_lehmann(ratios, 1 - alpha);
  if (!middle) {
    return result;
  }
  result.ratio = std::exp(middle->estimate);
  result.p = signed_rank_p(ratios);
  result.interval = as_ratios(middle->interval, settings.confidence);
  result.equivalence_interval =
      as_ratios(hodges_lehmann(ratios, 1 - 2 * alpha)->interval, 1 - 2 * (1 - settings.confidence));
  VerdictRule rule{1, std::nullopt, false};
  if (settings.time_margin) {
    rule.margin = Interval{1 / (1 + *settings.time_margin), 1 + *settings.time_margin, 0};
  }
  result.verdict = verdict_of(result.interval, result.equivalence_interval, rule);
  if (middle->interval) {
    plan_more(*middle, ratios.size(), alpha, settings, result);
  } else {
    result.needed_seeds = fewest_pairs(alpha / 2);
  }
  return result;
}

}  // namespace

bool timed_together(const TrialMatrix& matrix, std::size_t seed) {
  return matrix.timed_together.empty() || matrix.timed_together[seed];
}

std::vector<TimeComparison> compare_times(const TrialMatrix& matrix,
                                          const PairFamily& family,
                                          const ComparisonSettings& settings) {
  std::vector<std::vector<double>> ratios;
  std::size_t compared = 0;
  for (const auto& pair : family.pairs) {
    ratios.push_back(log_ratios(matrix, pair));
    compared += ratios.back().empty() ? 0 : 1;
  }
  const double alpha =
      (1 - settings.confidence) / static_cast<double>(std::max<std::size_t>(compared, 1));
  std::vector<TimeComparison> result;
  std::vector<std::optional<double>> p_values;
  for (const std::vector<double>& pair : ratios) {
    result.push_back(compare_pair(pair, alpha, settings));
    p_values.push_back(result.back().p);
  }
  const std::vector<std::optional<double>> adjusted = holm_where_known(p_values);
  for (std::size_t pair = 0; pair < result.size(); ++pair) {
    result[pair].p_holm = adjusted[pair];
  }
  return result;
}

}  // namespace plumbline
