#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "stats/comparison.h"
#include "stats/mean/two_way.h"
#include "stats/pairs/pair_family.h"

namespace plumbline {

// How many standard errors the interval of a pair extends, such that all intervals of the family
// hold together.
struct PairCritical {
  AccuracyMethod method = AccuracyMethod::None;
  double df = 0;
  std::optional<double> interval;     // at the full confidence
  std::optional<double> equivalence;  // at 1 - 2 alpha
};

// What is decided for the whole family before any pair is looked at. `fit` is of the stacks that
// trained, in the blocks in which all of them did.
class CriticalValues {
 public:
  CriticalValues(const TrialMatrix& matrix,
                 const PairFamily& family,
                 const ComparisonSettings& settings);

  // How many pairs share the chance of error: those in which both stacks trained at all.
  [[nodiscard]] std::size_t pairs() const { return pairs_; }
  [[nodiscard]] const Pooling& pooling() const { return pooling_; }
  // Only when pooled. One standard deviation of a difference.
  [[nodiscard]] double pooled_sd_of_difference() const;
  // Stacks that share the spread, less one; 1 when not pooled.
  [[nodiscard]] double df_a_seed() const { return pooling_.pooled ? stacks_ - 1 : 1; }
  // For a pair with so many common seeds, at least two.
  [[nodiscard]] PairCritical for_pair(std::size_t seeds) const;

 private:
  void decide_pooling(const TwoWayLayout& layout);
  void change_signs(const TwoWayLayout& layout,
                    const std::vector<std::size_t>& stacks,
                    const PairFamily& family);

  ComparisonSettings settings_;
  Family kind_;
  std::size_t pairs_ = 0;
  double stacks_ = 0;
  Pooling pooling_;
  double pooled_df_ = 0;
  PairCritical pooled_;
  PairCritical sign_change_;           // its df is that of the complete blocks
  std::size_t sign_change_seeds_ = 0;  // complete blocks it holds for; 0 where there is none
};

}  // namespace plumbline
