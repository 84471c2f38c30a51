#include "report/model/curves.h"

#include <algorithm>
#include <optional>

namespace plumbline {

namespace {

// A seed's mean loss in every span; absent where it has no point.
std::vector<std::optional<double>> span_means(const std::vector<CurvePoint>& curve,
                                              std::int64_t span_steps,
                                              std::size_t spans) {
  std::vector<double> sums(spans, 0);
  std::vector<std::size_t> counts(spans, 0);
  for (const CurvePoint& point : curve) {
    const std::int64_t span = (point.step - 1) / span_steps;
    if (point.loss && point.step >= 1 && span < static_cast<std::int64_t>(spans)) {
      sums[static_cast<std::size_t>(span)] += *point.loss;
      ++counts[static_cast<std::size_t>(span)];
    }
  }
  std::vector<std::optional<double>> means(spans);
  for (std::size_t span = 0; span < spans; ++span) {
    if (counts[span] > 0) {
      means[span] = sums[span] / static_cast<double>(counts[span]);
    }
  }
  return means;
}

std::int64_t last_step(const std::vector<std::vector<CurvePoint>>& curves) {
  std::int64_t last = 0;
  for (const std::vector<CurvePoint>& curve : curves) {
    for (const CurvePoint& point : curve) {
      last = std::max(last, point.step);
    }
  }
  return last;
}

// As many spans as the sparsest curve can fill, so that few are left out.
std::size_t span_count(const std::vector<std::vector<CurvePoint>>& curves) {
  std::size_t fewest = kMostCurvePoints;
  for (const std::vector<CurvePoint>& curve : curves) {
    fewest = std::min(fewest, curve.size());
  }
  return std::max<std::size_t>(fewest, 1);
}

std::optional<StackCurvePoint> point_of(
    const std::vector<std::vector<std::optional<double>>>& seeds, std::size_t span) {
  StackCurvePoint point;
  for (const std::vector<std::optional<double>>& means : seeds) {
    if (!means[span]) {
      return std::nullopt;
    }
    const double loss = *means[span];
    const bool is_first = &means == &seeds.front();
    point.mean += loss / static_cast<double>(seeds.size());
    point.low = is_first ? loss : std::min(point.low, loss);
    point.high = is_first ? loss : std::max(point.high, loss);
  }
  return point;
}

}  // namespace

StackCurve average_curves(const std::vector<std::vector<CurvePoint>>& curves) {
  StackCurve result;
  result.seeds = curves.size();
  const std::int64_t last = last_step(curves);
  if (last < 1) {
    return result;
  }
  const std::size_t most = span_count(curves);
  const std::int64_t span_steps = (last - 1) / static_cast<std::int64_t>(most) + 1;
  const auto spans = static_cast<std::size_t>((last - 1) / span_steps + 1);
  std::vector<std::vector<std::optional<double>>> seeds;
  seeds.reserve(curves.size());
  for (const std::vector<CurvePoint>& curve : curves) {
    seeds.push_back(span_means(curve, span_steps, spans));
  }
  for (std::size_t span = 0; span < spans; ++span) {
    if (std::optional<StackCurvePoint> point = point_of(seeds, span)) {
      point->step = std::min(last, static_cast<std::int64_t>(span + 1) * span_steps);
      result.points.push_back(*point);
    }
  }
  return result;
}

}  // namespace plumbline
