#include "stats/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "stats/pairs/accuracy_pairs.h"
#include "stats/pairs/failure_pairs.h"
#include "stats/pairs/standings.h"
#include "stats/pairs/time_pairs.h"

namespace plumbline {

namespace {

void check_margin(const std::optional<double>& margin, const char* name) {
  if (margin && !(std::isfinite(*margin) && *margin > 0)) {
    throw Error(fmt::format("The {} margin must be above 0; it is {}.", name, *margin));
  }
}

void check_settings(const ComparisonSettings& settings, std::size_t stacks) {
  // Below a half there is no interval at 1 - 2 alpha.
  if (!(settings.confidence > 0.5 && settings.confidence < 1)) {
    throw Error(fmt::format("A comparison's confidence lies between 0.5 and 1; {} does not.",
                            settings.confidence));
  }
  if (!(settings.power > 0 && settings.power < 1)) {
    throw Error(fmt::format("A power lies between 0 and 1; {} does not.", settings.power));
  }
  check_margin(settings.accuracy_margin, "accuracy");
  check_margin(settings.time_margin, "time");
  if (settings.reference && *settings.reference >= stacks) {
    throw Error(fmt::format(
        "The reference is stack {}, but there are only {}.", *settings.reference, stacks));
  }
}

// The stacks that have a value, by it; equals keep the order of the matrix.
template <typename Value>
std::vector<std::size_t> ranked(const std::vector<StackStanding>& stacks, const Value& value) {
  std::vector<std::size_t> order;
  for (std::size_t stack = 0; stack < stacks.size(); ++stack) {
    if (value(stacks[stack])) {
      order.push_back(stack);
    }
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return *value(stacks[a]) < *value(stacks[b]);
  });
  return order;
}

void rank(Comparison& comparison) {
  comparison.ranking = ranked(comparison.stacks, [](const StackStanding& stack) {
    return stack.accuracy.count > 0 ? std::optional(-stack.accuracy.mean) : std::nullopt;
  });
  comparison.time_ranking = ranked(comparison.stacks, [](const StackStanding& stack) {
    return stack.seconds.count > 0 ? std::optional(stack.seconds.mean) : std::nullopt;
  });
  for (std::size_t place = 0; place < comparison.ranking.size(); ++place) {
    comparison.stacks[comparison.ranking[place]].rank = place + 1;
  }
  for (std::size_t place = 0; place < comparison.time_ranking.size(); ++place) {
    comparison.stacks[comparison.time_ranking[place]].time_rank = place + 1;
  }
}

// Neighbours in the ranking, or all with the reference.
bool must_be_decided(const Comparison& comparison, const PairComparison& pair) {
  const auto& a = comparison.stacks[pair.first].rank;
  const auto& b = comparison.stacks[pair.second].rank;
  if (!a || !b) {
    return false;
  }
  return comparison.settings.reference || (*a > *b ? *a - *b : *b - *a) == 1;
}

void settle(Comparison& comparison) {
  for (std::size_t index = 0; index < comparison.pairs.size(); ++index) {
    const PairComparison& pair = comparison.pairs[index];
    const bool decided =
        pair.accuracy.verdict != PairVerdict::Undecided && !pair.accuracy.exploratory;
    if (must_be_decided(comparison, pair) && !decided) {
      comparison.unsettled.push_back(index);
    }
  }
  comparison.settled = !comparison.ranking.empty() && comparison.unsettled.empty();
}

std::optional<Interval> negated(const std::optional<Interval>& interval) {
  return interval ? std::optional(Interval{-interval->high, -interval->low, interval->confidence})
                  : std::nullopt;
}

std::optional<Interval> inverted(const std::optional<Interval>& interval) {
  return interval
             ? std::optional(Interval{1 / interval->high, 1 / interval->low, interval->confidence})
             : std::nullopt;
}

std::optional<double> changed(const std::optional<double>& value, double (*change)(double)) {
  return value ? std::optional(change(*value)) : std::nullopt;
}

double minus(double value) {
  return -value;
}

double rest_to_one(double value) {
  return 1 - value;
}

double reciprocal(double value) {
  return 1 / value;
}

PairComparison reversed(PairComparison pair) {
  std::swap(pair.first, pair.second);
  pair.accuracy.verdict = reversed(pair.accuracy.verdict);
  pair.accuracy.new_test_set_verdict = reversed(pair.accuracy.new_test_set_verdict);
  pair.accuracy.difference = changed(pair.accuracy.difference, minus);
  pair.accuracy.interval = negated(pair.accuracy.interval);
  pair.accuracy.equivalence_interval = negated(pair.accuracy.equivalence_interval);
  pair.accuracy.new_test_set_interval = negated(pair.accuracy.new_test_set_interval);
  pair.accuracy.effect_size = changed(pair.accuracy.effect_size, minus);
  pair.accuracy.probability_better = changed(pair.accuracy.probability_better, rest_to_one);
  pair.time.verdict = reversed(pair.time.verdict);
  pair.time.ratio = changed(pair.time.ratio, reciprocal);
  pair.time.interval = inverted(pair.time.interval);
  pair.time.equivalence_interval = inverted(pair.time.equivalence_interval);
  pair.failures.verdict = reversed(pair.failures.verdict);
  return pair;
}

}  // namespace

const char* method_name(AccuracyMethod method) {
  switch (method) {
    case AccuracyMethod::None:
      return "none";
    case AccuracyMethod::PairedT:
      return "paired t";
    case AccuracyMethod::PooledT:
      return "pooled t";
    case AccuracyMethod::MixtureT:
      return "anytime-valid t";
    case AccuracyMethod::SignFlip:
      return "sign flips";
  }
  return "";
}

Comparison compare_stacks(const TrialMatrix& matrix, const ComparisonSettings& settings) {
  check_matrix(matrix);
  check_settings(settings, matrix.stacks);
  const ExampleCounts examples(matrix);
  const PairFamily family = pair_family(matrix.stacks, settings.reference);
  Comparison comparison;
  comparison.settings = settings;
  comparison.stacks = stack_standings(matrix, examples, settings);
  rank(comparison);

  const AccuracyPairs accuracy = compare_accuracies(matrix, family, examples, settings);
  const std::vector<TimeComparison> times = compare_times(matrix, family, settings);
  const std::vector<FailureComparison> failures =
      compare_failures(count_failures(matrix, settings.confidence), family, settings.confidence);
  comparison.pooling = accuracy.pooling;
  for (std::size_t pair = 0; pair < family.pairs.size(); ++pair) {
    const auto& [first, second] = family.pairs[pair];
    comparison.pairs.push_back({first, second, accuracy.pairs[pair], times[pair], failures[pair]});
  }
  settle(comparison);
  return comparison;
}

std::optional<PairComparison> pair_of(const Comparison& comparison,
                                      std::size_t first,
                                      std::size_t second) {
  for (const PairComparison& pair : comparison.pairs) {
    if (pair.first == first && pair.second == second) {
      return pair;
    }
    if (pair.first == second && pair.second == first) {
      return reversed(pair);
    }
  }
  return std::nullopt;
}

}  // namespace plumbline
