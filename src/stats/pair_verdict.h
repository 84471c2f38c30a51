#pragma once

#include <optional>

#include "stats/interval.h"

namespace plumbline {

// What may be said of the first of two stacks against the second. There is no "same": where nothing
// is shown, the verdict is Undecided.
enum class PairVerdict {
  Better,      // more accurate, faster
  Worse,       // less accurate, slower
  Equivalent,  // any difference is smaller than the study's margin, whether it is real or not
  Undecided,   // the results allow a difference and allow none, or are too few
  Identical,   // the same result with every seed, bit for bit
};

// "better", "worse", "equivalent", "undecided", "identical"
[[nodiscard]] const char* verdict_name(PairVerdict verdict);

// The verdict on the same pair seen from the second: Better becomes Worse.
[[nodiscard]] PairVerdict reversed(PairVerdict verdict);

// A verdict is read off the intervals that are printed, so the two never disagree. Equivalence
// comes first: a difference that is real but certainly within the margin is one that the study does
// not care for.
struct VerdictRule {
  double no_difference = 0;        // 1 for ratios
  std::optional<Interval> margin;  // values that count as equivalent; absent: none do
  bool more_is_better = true;      // of accuracies; not of times
};

// `interval` at the full confidence 1 - alpha; `equivalence_interval` at 1 - 2 alpha (two one-sided
// tests). An absent interval decides nothing.
[[nodiscard]] PairVerdict verdict_of(const std::optional<Interval>& interval,
                                     const std::optional<Interval>& equivalence_interval,
                                     const VerdictRule& rule);

}  // namespace plumbline
