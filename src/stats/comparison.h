#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "stats/interval.h"
#include "stats/mean/power.h"
#include "stats/pair_verdict.h"
#include "stats/summary.h"
#include "stats/trial_matrix.h"

namespace plumbline {

// Fewer seeds than this and everything said about them is exploratory.
inline constexpr std::size_t kExploratoryBelow = 5;

// When the results were looked at. A plan that is looked at after every block and stopped when it
// looks good needs intervals that hold at all times at once, and gets wider ones.
enum class Looks { Once, AfterEveryBlock };

struct ComparisonSettings {
  double confidence = 0.95;               // of all intervals of one endpoint together
  std::optional<double> accuracy_margin;  // a share: 0.002 is 0.2 percentage points
  std::optional<double> time_margin;      // 0.05: ratios from 1 / 1.05 to 1.05 count as equivalent
  std::optional<std::size_t> reference;   // compare all stacks with this one; absent: every pair
  Looks looks = Looks::Once;
  double power = 0.9;  // of the studies that `needed_seeds` speaks of
};

// Which calculation gave an interval on accuracy.
enum class AccuracyMethod {
  None,      // fewer than two seeds, or no spread to judge by
  PairedT,   // the differences of this pair alone
  PooledT,   // the residuals of all stacks and seed blocks together
  MixtureT,  // holds at every look
  SignFlip,  // differences without any spread: the exact test alone, no interval
};
[[nodiscard]] const char* method_name(AccuracyMethod method);  // "paired t", ...

// Differences are of shares, first minus second: 0.001 is 0.1 percentage points.
struct AccuracyComparison {
  PairVerdict verdict = PairVerdict::Undecided;
  bool exploratory = true;
  std::size_t seeds = 0;             // with which both trained
  std::optional<double> difference;  // mean
  std::optional<double> sd;          // of the differences
  AccuracyMethod method = AccuracyMethod::None;

  // For other seeds on this very test set. All pairs' intervals hold together at `confidence`.
  std::optional<Interval> interval;
  std::optional<Interval> equivalence_interval;  // the narrower one that Equivalent is read from
  // For other seeds and another test set of this size; needs the bits of each example.
  std::optional<Interval> new_test_set_interval;
  PairVerdict new_test_set_verdict = PairVerdict::Undecided;

  std::optional<double> p;            // of this pair alone, by `method` (paired t for MixtureT)
  std::optional<double> p_holm;       // the same, adjusted for all pairs
  std::optional<double> p_sign_flip;  // exact, this pair alone
  std::optional<double> log_e_value;  // mixture t, this pair alone; natural logarithm
  std::optional<double> p_mcnemar;    // one seed only: do these two trained networks differ?

  std::optional<double> effect_size;  // Hedges' g of the differences: mean over sd, corrected
  std::optional<double> probability_better;  // share of seeds won, ties counting half
  std::optional<double> correlation;         // between the two stacks over seeds

  // The difference that this many seeds show with probability `power`.
  std::optional<double> detectable_difference;
  // What it would take to decide, were the true difference the one observed and the spread as seen:
  // so many seeds in all, with probability `power`. The intervals must become narrower than
  // `needed_difference`, the way from the observed difference to 0 or to the margin, whichever is
  // longer. Only when Undecided; absent where nothing can be said, and beyond kMostNeededSeeds.
  std::optional<std::size_t> needed_seeds;
  std::optional<double> needed_difference;
};

// Ratios are seconds of the first over seconds of the second: 0.5 is twice as fast. Better is
// faster.
struct TimeComparison {
  PairVerdict verdict = PairVerdict::Undecided;
  bool exploratory = true;
  std::size_t seeds = 0;        // blocks timed together in which both trained
  std::optional<double> ratio;  // Hodges-Lehmann estimate
  std::optional<Interval> interval;
  std::optional<Interval> equivalence_interval;
  std::optional<double> p;  // Wilcoxon's signed-rank test, exact
  std::optional<double> p_holm;
  std::optional<double> detectable_ratio;   // above 1
  std::optional<std::size_t> needed_seeds;  // as in AccuracyComparison
  std::optional<double> needed_ratio;       // above 1
};

// How many of the trials did not train: an endpoint of its own. Trials that were not run or are
// unsupported do not count.
struct FailureCount {
  std::size_t trials = 0;
  std::size_t diverged = 0;
  std::size_t failed = 0;
  std::optional<Interval>
      share;  // of diverged and failed together (Clopper-Pearson), this stack alone
};

struct FailureComparison {
  std::optional<double> p;  // Fisher's exact test
  std::optional<double> p_holm;
  PairVerdict verdict = PairVerdict::Undecided;  // Better: fails less often. By p_holm.
};

struct PairComparison {
  std::size_t first = 0;  // stacks, as in the matrix
  std::size_t second = 0;
  AccuracyComparison accuracy;
  TimeComparison time;
  FailureComparison failures;
};

// One stack by itself. Its intervals are for it alone; two that overlap say nothing about the pair.
struct StackStanding {
  std::optional<std::size_t> rank;                         // by mean accuracy, from 1
  std::optional<std::size_t> time_rank;                    // by mean time, from 1, 1 the fastest
  Summary accuracy;                                        // over trained trials
  std::optional<Interval> accuracy_interval;               // this test set
  std::optional<Interval> accuracy_new_test_set_interval;  // a new test set
  std::optional<double> predicted_sd;  // what independent examples alone would give
  Summary seconds;                     // over trained trials in blocks timed together
  std::optional<Interval> seconds_interval;
  FailureCount failures;
};

// Why the intervals on accuracy were pooled over stacks or not.
struct Pooling {
  bool pooled = false;
  std::size_t blocks = 0;                // in which every compared stack trained
  std::optional<double> p_equal_spread;  // Brown-Forsythe over the stacks' residuals
  std::optional<double> residual_sd;     // of one trial, seed and stack effects removed
};

struct Comparison {
  ComparisonSettings settings;
  std::vector<StackStanding> stacks;      // as in the matrix
  std::vector<std::size_t> ranking;       // stacks with a trained trial, most accurate first
  std::vector<std::size_t> time_ranking;  // stacks with a time, fastest first
  std::vector<PairComparison> pairs;      // first < second; with a reference, only those with it
  Pooling pooling;
  // Whether all that the ranking says of neighbours (with a reference: of each against it) is
  // decided. A single stack is settled.
  bool settled = false;
  std::vector<std::size_t> unsettled;  // those pairs, as indices into `pairs`
};

// Compares the stacks of one data set. Pure, deterministic and reentrant. Throws Error for a matrix
// that check_matrix refuses or settings out of range.
[[nodiscard]] Comparison compare_stacks(const TrialMatrix& matrix,
                                        const ComparisonSettings& settings);

// The pair as `first` sees it, whichever way round it is kept. Absent where a reference was named
// and neither is it, or first == second.
[[nodiscard]] std::optional<PairComparison> pair_of(const Comparison& comparison,
                                                    std::size_t first,
                                                    std::size_t second);

}  // namespace plumbline
