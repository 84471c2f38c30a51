#include "stats/pairs/standings.h"

#include <cmath>

#include "stats/distribution.h"
#include "stats/mean/mean_estimate.h"
#include "stats/mean/mixture_t.h"
#include "stats/pairs/failure_pairs.h"
#include "stats/pairs/time_pairs.h"

namespace plumbline {

namespace {

std::optional<Interval> interval_of_mean(const Summary& values,
                                         const ComparisonSettings& settings) {
  const auto estimate = mean_estimate(values);
  if (!estimate || estimate->standard_error <= 0) {
    return std::nullopt;
  }
  return settings.looks == Looks::AfterEveryBlock
             ? confidence_sequence(values, settings.confidence)
             : std::optional(t_interval(*estimate, settings.confidence));
}

// As the difference of two stacks in accuracy_pairs.cc.
std::optional<Interval> interval_on_new_test_set(const Summary& values,
                                                 const std::optional<double>& examples,
                                                 std::int64_t number_of_examples,
                                                 const ComparisonSettings& settings) {
  const auto seeds = mean_estimate(values);
  if (!seeds || !examples) {
    return std::nullopt;
  }
  const double seed_variance = seeds->standard_error * seeds->standard_error;
  const double variance = seed_variance + *examples;
  if (variance <= 0) {
    return std::nullopt;
  }
  const double share = seed_variance / variance;
  const double df = 1 / (share * share / seeds->df +
                         (1 - share) * (1 - share) / static_cast<double>(number_of_examples - 1));
  const auto critical = settings.looks == Looks::AfterEveryBlock
                            ? mixture_t_critical(values.count, 1 - settings.confidence)
                            : std::optional(student_t_critical(settings.confidence, df));
  if (!critical) {
    return std::nullopt;
  }
  return interval_around({values.mean, std::sqrt(variance), df}, *critical, settings.confidence);
}

StackStanding standing_of(const TrialMatrix& matrix, std::size_t stack) {
  StackStanding standing;
  std::vector<double> accuracies;
  std::vector<double> seconds;
  for (std::size_t seed = 0; seed < matrix.seeds; ++seed) {
    const TrialResult& result = matrix.at(stack, seed);
    if (result.state != TrialState::Trained) {
      continue;
    }
    accuracies.push_back(result.accuracy);
    if (result.seconds && timed_together(matrix, seed)) {
      seconds.push_back(*result.seconds);
    }
  }
  standing.accuracy = summarise(accuracies);
  standing.seconds = summarise(seconds);
  return standing;
}

}  // namespace

std::vector<StackStanding> stack_standings(const TrialMatrix& matrix,
                                           const ExampleCounts& examples,
                                           const ComparisonSettings& settings) {
  const std::vector<FailureCount> failures = count_failures(matrix, settings.confidence);
  ComparisonSettings once = settings;
  once.looks = Looks::Once;  // a study is never stopped for its times
  std::vector<StackStanding> standings;
  for (std::size_t stack = 0; stack < matrix.stacks; ++stack) {
    StackStanding standing = standing_of(matrix, stack);
    standing.failures = failures[stack];
    standing.accuracy_interval = interval_of_mean(standing.accuracy, settings);
    standing.accuracy_new_test_set_interval = interval_on_new_test_set(
        standing.accuracy, examples.variance(stack), matrix.examples, settings);
    standing.predicted_sd = examples.predicted_sd(stack);
    standing.seconds_interval = interval_of_mean(standing.seconds, once);
    standings.push_back(standing);
  }
  return standings;
}

}  // namespace plumbline
