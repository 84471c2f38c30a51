#include "stats/pairs/accuracy_pairs.h"

#include <algorithm>
#include <cmath>

#include "stats/count/examples.h"
#include "stats/count/mcnemar.h"
#include "stats/distribution.h"
#include "stats/mean/effect_size.h"
#include "stats/mean/mean_estimate.h"
#include "stats/mean/mixture_t.h"
#include "stats/pairs/critical_values.h"
#include "stats/rank/sign_flip.h"

namespace plumbline {

namespace {

// Accuracies are quotients of whole numbers; a spread below this is rounding of equal differences.
constexpr double kNoSpread = 1e-12;

// One pair's accuracies over the seeds with which both trained.
struct PairedAccuracies {
  std::pair<std::size_t, std::size_t> pair;
  std::vector<std::size_t> seeds;
  std::vector<double> first;
  std::vector<double> second;
  std::vector<double> difference;
  Summary summary;  // of the differences
};

PairedAccuracies paired(const TrialMatrix& matrix,
                        const std::pair<std::size_t, std::size_t>& pair) {
  PairedAccuracies values{pair, trained_seeds(matrix, pair.first, pair.second), {}, {}, {}, {}};
  for (const std::size_t seed : values.seeds) {
    values.first.push_back(matrix.at(pair.first, seed).accuracy);
    values.second.push_back(matrix.at(pair.second, seed).accuracy);
    values.difference.push_back(values.first.back() - values.second.back());
  }
  values.summary = summarise(values.difference);
  return values;
}

std::optional<Interval> margin_of(const ComparisonSettings& settings) {
  if (!settings.accuracy_margin) {
    return std::nullopt;
  }
  return Interval{-*settings.accuracy_margin, *settings.accuracy_margin, 0};
}

class PairJudge {
 public:
  PairJudge(const TrialMatrix& matrix,
            const CriticalValues& critical,
            const ExampleCounts& examples,
            const ComparisonSettings& settings)
      : matrix_(matrix), critical_(critical), examples_(examples), settings_(settings) {}

  [[nodiscard]] AccuracyComparison judge(const PairedAccuracies& values) const {
    AccuracyComparison result;
    result.seeds = values.seeds.size();
    result.exploratory = result.seeds < kExploratoryBelow;
    if (values.seeds.empty()) {
      return result;
    }
    describe(values, result);
    if (same_bits(matrix_, values.pair.first, values.pair.second, values.seeds)) {
      result.verdict = PairVerdict::Identical;
      result.new_test_set_verdict = PairVerdict::Identical;
    } else if (values.seeds.size() == 1) {
      compare_two_networks(values, result);
    } else if (*values.summary.sd > kNoSpread) {
      judge_by_t(values, result);
    } else if (std::abs(values.summary.mean) > kNoSpread) {
      judge_by_signs(values, result);
    }
    return result;
  }

 private:
  static void describe(const PairedAccuracies& values, AccuracyComparison& result) {
    result.difference = values.summary.mean;
    result.sd = values.summary.sd;
    result.probability_better = probability_above(values.difference);
    result.p_sign_flip = sign_flip_p(values.difference);
    result.correlation = correlation(values.first, values.second);
  }

  void compare_two_networks(const PairedAccuracies& values, AccuracyComparison& result) const {
    const CorrectBits first = matrix_.at(values.pair.first, values.seeds.front()).correct;
    const CorrectBits second = matrix_.at(values.pair.second, values.seeds.front()).correct;
    if (!first.empty() && !second.empty()) {
      const Disagreement differ = disagreement(first, second, matrix_.examples);
      result.p_mcnemar = mcnemar_p(differ.only_first, differ.only_second);
    }
  }

  void judge_by_t(const PairedAccuracies& values, AccuracyComparison& result) const {
    const PairCritical critical = critical_.for_pair(values.seeds.size());
    const MeanEstimate estimate = estimate_of(values, critical);
    result.method = critical.method;
    result.effect_size = hedges_g(values.summary);
    result.p = t_test_p(estimate);
    result.log_e_value = log_e_value(values.summary);
    result.interval = around(estimate, critical.interval, settings_.confidence);
    result.equivalence_interval =
        around(estimate, critical.equivalence, 1 - 2 * (1 - settings_.confidence));
    result.verdict = verdict(result.interval, result.equivalence_interval);
    judge_on_new_test_set(values, estimate, result);
    plan(values, critical, result);
  }

  // With pooled residuals or with its own, but always over the seeds of this very pair.
  [[nodiscard]] MeanEstimate estimate_of(const PairedAccuracies& values,
                                         const PairCritical& critical) const {
    MeanEstimate estimate = *mean_estimate(values.summary);
    if (critical.method == AccuracyMethod::PooledT) {
      const auto n = static_cast<double>(values.seeds.size());
      estimate.standard_error = critical_.pooled_sd_of_difference() / std::sqrt(n);
      estimate.df = critical.df;
    }
    return estimate;
  }

  [[nodiscard]] static std::optional<Interval> around(const MeanEstimate& estimate,
                                                      const std::optional<double>& critical,
                                                      double confidence) {
    return critical ? std::optional(interval_around(estimate, *critical, confidence))
                    : std::nullopt;
  }

  [[nodiscard]] PairVerdict verdict(const std::optional<Interval>& interval,
                                    const std::optional<Interval>& equivalence) const {
    return verdict_of(interval, equivalence, {0, margin_of(settings_), true});
  }

  // Seeds and examples are crossed and both vary. The sum of the two variances counts their
  // interaction twice, which only widens the interval; its degrees of freedom after Satterthwaite.
  void judge_on_new_test_set(const PairedAccuracies& values,
                             const MeanEstimate& estimate,
                             AccuracyComparison& result) const {
    const auto examples = examples_.variance(values.pair.first, values.pair.second, values.seeds);
    if (!examples) {
      return;
    }
    const double seeds = estimate.standard_error * estimate.standard_error;
    const double share = seeds / (seeds + *examples);
    const double df = 1 / (share * share / estimate.df +
                           (1 - share) * (1 - share) / static_cast<double>(matrix_.examples - 1));
    const MeanEstimate both{estimate.mean, std::sqrt(seeds + *examples), df};
    const double alpha = 1 - settings_.confidence;
    result.new_test_set_interval =
        around(both, critical_alone(values.seeds.size(), df, alpha), settings_.confidence);
    result.new_test_set_verdict =
        verdict(result.new_test_set_interval,
                around(both, critical_alone(values.seeds.size(), df, 2 * alpha), 1 - 2 * alpha));
  }

  [[nodiscard]] std::optional<double> critical_alone(std::size_t seeds,
                                                     double df,
                                                     double alpha) const {
    if (settings_.looks == Looks::AfterEveryBlock) {
      return mixture_t_critical(seeds, alpha / static_cast<double>(critical_.pairs()));
    }
    return bonferroni_t_critical(critical_.pairs(), df, 1 - alpha);
  }

  void plan(const PairedAccuracies& values,
            const PairCritical& critical,
            AccuracyComparison& result) const {
    TestPlan test;
    test.sd = critical.method == AccuracyMethod::PooledT ? critical_.pooled_sd_of_difference()
                                                         : *values.summary.sd;
    test.df_a_value = critical_.df_a_seed();
    test.every_block = critical.method == AccuracyMethod::MixtureT;
    test.alpha = test.every_block
                     ? (1 - settings_.confidence) / static_cast<double>(critical_.pairs())
                     : student_t_two_sided_p(*critical.interval, critical.df);
    result.detectable_difference = detectable_mean(test, values.seeds.size(), settings_.power);
    if (result.verdict != PairVerdict::Undecided) {
      return;
    }
    const double observed = std::abs(values.summary.mean);
    const double to_decide = std::max(observed, settings_.accuracy_margin.value_or(0) - observed);
    if (const auto needed = needed_count(test, to_decide, settings_.power)) {
      result.needed_difference = to_decide;
      result.needed_seeds = std::max(*needed, values.seeds.size() + 1);
    }
  }

  // All differences are one and the same: there is no spread to judge by, only their number.
  void judge_by_signs(const PairedAccuracies& values, AccuracyComparison& result) const {
    result.method = AccuracyMethod::SignFlip;
    result.p = std::ldexp(1, 1 - static_cast<int>(values.seeds.size()));
    std::size_t enough = values.seeds.size();
    while (!signs_suffice(enough)) {
      ++enough;
    }
    if (enough > values.seeds.size()) {
      result.needed_seeds = enough;
      result.needed_difference = std::abs(values.summary.mean);
    } else {
      result.verdict = values.summary.mean > 0 ? PairVerdict::Better : PairVerdict::Worse;
    }
  }

  // After every block: 2^n / (n + 1) is the mixture over all chances of a plus of the likelihood
  // ratio against one half, which is a test martingale.
  [[nodiscard]] bool signs_suffice(std::size_t seeds) const {
    const double alpha = (1 - settings_.confidence) / static_cast<double>(critical_.pairs());
    const int n = static_cast<int>(seeds);
    return settings_.looks == Looks::AfterEveryBlock ? std::ldexp(1, n) / (n + 1) >= 1 / alpha
                                                     : std::ldexp(1, 1 - n) <= alpha;
  }

  const TrialMatrix& matrix_;
  const CriticalValues& critical_;
  const ExampleCounts& examples_;
  const ComparisonSettings& settings_;
};

}  // namespace

AccuracyPairs compare_accuracies(const TrialMatrix& matrix,
                                 const PairFamily& family,
                                 const ExampleCounts& examples,
                                 const ComparisonSettings& settings) {
  const CriticalValues critical(matrix, family, settings);
  const PairJudge judge(matrix, critical, examples, settings);
  AccuracyPairs result;
  result.pooling = critical.pooling();
  std::vector<std::optional<double>> p_values;
  for (const auto& pair : family.pairs) {
    result.pairs.push_back(judge.judge(paired(matrix, pair)));
    p_values.push_back(result.pairs.back().p);
  }
  const std::vector<std::optional<double>> adjusted = holm_where_known(p_values);
  for (std::size_t pair = 0; pair < result.pairs.size(); ++pair) {
    result.pairs[pair].p_holm = adjusted[pair];
  }
  return result;
}

}  // namespace plumbline
