#include "stats/pairs/critical_values.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "stats/mean/mixture_t.h"
#include "stats/mean/sign_change.h"
#include "stats/pairs/accuracy_pairs.h"

namespace plumbline {

namespace {

std::vector<std::size_t> stacks_that_trained(const TrialMatrix& matrix) {
  std::vector<std::size_t> stacks;
  for (std::size_t stack = 0; stack < matrix.stacks; ++stack) {
    if (!trained_seeds(matrix, stack).empty()) {
      stacks.push_back(stack);
    }
  }
  return stacks;
}

TwoWayLayout complete_blocks(const TrialMatrix& matrix, const std::vector<std::size_t>& stacks) {
  std::vector<std::size_t> blocks;
  for (std::size_t seed = 0; seed < matrix.seeds; ++seed) {
    if (std::all_of(stacks.begin(), stacks.end(), [&](std::size_t stack) {
          return matrix.at(stack, seed).state == TrialState::Trained;
        })) {
      blocks.push_back(seed);
    }
  }
  TwoWayLayout layout{stacks.size(), blocks.size(), {}};
  for (const std::size_t stack : stacks) {
    for (const std::size_t seed : blocks) {
      layout.values.push_back(matrix.at(stack, seed).accuracy);
    }
  }
  return layout;
}

// The family's pairs in which both stacks trained, as rows of the layout.
std::vector<TreatmentPair> rows_of_pairs(const PairFamily& family,
                                         const std::vector<std::size_t>& stacks) {
  std::vector<TreatmentPair> rows;
  for (const auto& [first, second] : family.pairs) {
    const auto a = std::find(stacks.begin(), stacks.end(), first);
    const auto b = std::find(stacks.begin(), stacks.end(), second);
    if (a != stacks.end() && b != stacks.end()) {
      rows.emplace_back(a - stacks.begin(), b - stacks.begin());
    }
  }
  return rows;
}

double twice_alpha(double confidence) {
  return 1 - 2 * (1 - confidence);
}

}  // namespace

CriticalValues::CriticalValues(const TrialMatrix& matrix,
                               const PairFamily& family,
                               const ComparisonSettings& settings)
    : settings_(settings), kind_(family.kind) {
  const std::vector<std::size_t> stacks = stacks_that_trained(matrix);
  const TwoWayLayout layout = complete_blocks(matrix, stacks);
  stacks_ = static_cast<double>(stacks.size());
  pairs_ = rows_of_pairs(family, stacks).size();
  pooling_.blocks = layout.blocks;
  if (pairs_ < 2 || layout.blocks < 2) {
    return;
  }
  decide_pooling(layout);
  if (!pooling_.pooled && settings.looks == Looks::Once && layout.blocks >= kLeastSignBlocks) {
    change_signs(layout, stacks, family);
  }
}

void CriticalValues::decide_pooling(const TwoWayLayout& layout) {
  const auto fit = fit_two_way(layout);
  pooling_.p_equal_spread = fit->p_equal_spread;
  pooling_.residual_sd = fit->residual_sd;
  // A reference whose family leaves stacks out would still be pooled with them: all of them trained
  // on the same blocks.
  pooling_.pooled = settings_.looks == Looks::Once && fit->p_equal_spread &&
                    *fit->p_equal_spread > kLeastEqualSpread;
  if (pooling_.pooled) {
    pooled_df_ = fit->df;
    pooled_ = {
        AccuracyMethod::PooledT,
        fit->df,
        max_t_critical(kind_, layout.treatments, fit->df, settings_.confidence),
        max_t_critical(kind_, layout.treatments, fit->df, twice_alpha(settings_.confidence))};
  }
}

void CriticalValues::change_signs(const TwoWayLayout& layout,
                                  const std::vector<std::size_t>& stacks,
                                  const PairFamily& family) {
  const std::vector<TreatmentPair> rows = rows_of_pairs(family, stacks);
  sign_change_ = {AccuracyMethod::PairedT,
                  static_cast<double>(layout.blocks) - 1,
                  sign_change_critical(layout, rows, settings_.confidence),
                  sign_change_critical(layout, rows, twice_alpha(settings_.confidence))};
  sign_change_seeds_ = layout.blocks;
}

double CriticalValues::pooled_sd_of_difference() const {
  return *pooling_.residual_sd * std::numbers::sqrt2;
}

PairCritical CriticalValues::for_pair(std::size_t seeds) const {
  const double alpha = 1 - settings_.confidence;
  const auto pairs = static_cast<double>(pairs_);
  if (settings_.looks == Looks::AfterEveryBlock) {
    return {AccuracyMethod::MixtureT,
            static_cast<double>(seeds) - 1,
            mixture_t_critical(seeds, alpha / pairs),
            mixture_t_critical(seeds, 2 * alpha / pairs)};
  }
  if (pooling_.pooled) {
    return pooled_;
  }
  if (seeds == sign_change_seeds_ && *sign_change_.interval > 0) {
    return sign_change_;
  }
  const double df = static_cast<double>(seeds) - 1;
  return {AccuracyMethod::PairedT,
          df,
          bonferroni_t_critical(pairs_, df, settings_.confidence),
          bonferroni_t_critical(pairs_, df, twice_alpha(settings_.confidence))};
}

}  // namespace plumbline
