#pragma once

#include <vector>

#include "stats/comparison.h"
#include "stats/pairs/example_counts.h"
#include "stats/pairs/pair_family.h"

namespace plumbline {

struct AccuracyPairs {
  std::vector<AccuracyComparison> pairs;  // as in the family
  Pooling pooling;
};

// Compares accuracies pair by pair, with intervals that hold together.
//
// Looked at once: with Tukey's or Dunnett's critical value on the residuals of all stacks where
// three or more have a common spread (Brown-Forsythe p above kLeastEqualSpread), else each pair by
// its own spread, with the sign-change value from kLeastSignBlocks complete blocks on, with
// Bonferroni's below. Looked at after every block: each pair by the mixture t at alpha over pairs.
[[nodiscard]] AccuracyPairs compare_accuracies(const TrialMatrix& matrix,
                                               const PairFamily& family,
                                               const ExampleCounts& examples,
                                               const ComparisonSettings& settings);

// Lenient, because with a handful of seeds the test sees only gross differences in spread.
inline constexpr double kLeastEqualSpread = 0.25;

}  // namespace plumbline
