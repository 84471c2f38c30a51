#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "stats/mean/two_way.h"

namespace plumbline {

using TreatmentPair = std::pair<std::size_t, std::size_t>;

// A critical value for paired t statistics of many pairs at once, whatever their spreads and
// however they depend on each other: the quantile of the largest |t| when the centred values of
// whole blocks change their signs at random (the wild bootstrap with Rademacher weights). All sign
// changes up to 13 blocks, else 4,096 drawn from Philox under a fixed key. It comes out too small
// below kLeastSignBlocks (docs/statistics.md has the figures).
inline constexpr std::size_t kLeastSignBlocks = 10;

// Pairs without any spread are left out; 0 if none has any. Throws Error for fewer than two blocks.
[[nodiscard]] double sign_change_critical(const TwoWayLayout& layout,
                                          std::span<const TreatmentPair> pairs,
                                          double confidence);

}  // namespace plumbline
