#pragma once

#include <cstdint>
#include <vector>

#include "store/results_reader.h"

namespace plumbline {

// The loss of one stack over its trained seeds at one step.
struct StackCurvePoint {
  std::int64_t step = 0;
  double mean = 0;
  double low = 0;   // the lowest seed's
  double high = 0;  // the highest seed's
};

struct StackCurve {
  std::size_t seeds = 0;
  std::vector<StackCurvePoint> points;  // by step
};

inline constexpr std::size_t kMostCurvePoints = 60;

// Frameworks report their loss when it suits them, so no two curves share their steps: the steps up
// to the last are cut into at most kMostCurvePoints equal spans. A seed's loss in a span is the
// mean of its points there; spans in which some seed has none are left out. `step` is the span's
// end.
[[nodiscard]] StackCurve average_curves(const std::vector<std::vector<CurvePoint>>& curves);

}  // namespace plumbline
