#include "report/model/curves.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

std::vector<CurvePoint> line(std::int64_t steps, std::int64_t every, double start, double slope) {
  std::vector<CurvePoint> curve;
  for (std::int64_t step = every; step <= steps; step += every) {
    curve.push_back({step, start + slope * static_cast<double>(step)});
  }
  return curve;
}

TEST(AverageCurves, MeanLowestAndHighestOfSeeds) {
  const StackCurve curve = average_curves({line(4, 1, 1, 0), line(4, 1, 2, 0), line(4, 1, 6, 0)});
  ASSERT_EQ(curve.points.size(), 4U);
  EXPECT_EQ(curve.seeds, 3U);
  EXPECT_EQ(curve.points[0].step, 1);
  EXPECT_DOUBLE_EQ(curve.points[0].mean, 3);
  EXPECT_DOUBLE_EQ(curve.points[0].low, 1);
  EXPECT_DOUBLE_EQ(curve.points[0].high, 6);
}

TEST(AverageCurves, PointsOfASpanAreAveraged) {
  // 600 steps in 60 spans of 10: the mean of 1 .. 10 is 5.5.
  const StackCurve curve = average_curves({line(600, 1, 0, 1)});
  ASSERT_EQ(curve.points.size(), kMostCurvePoints);
  EXPECT_EQ(curve.points[0].step, 10);
  EXPECT_DOUBLE_EQ(curve.points[0].mean, 5.5);
  EXPECT_EQ(curve.points.back().step, 600);
}

TEST(AverageCurves, SpansThatASeedDoesNotReachAreLeftOut) {
  const StackCurve curve = average_curves({line(100, 10, 1, 0), line(50, 10, 3, 0)});
  ASSERT_FALSE(curve.points.empty());
  EXPECT_LE(curve.points.back().step, 60);
  for (const StackCurvePoint& point : curve.points) {
    EXPECT_DOUBLE_EQ(point.mean, 2);
  }
}

TEST(AverageCurves, LossesThatAreNotFiniteAndNothingAtAllGiveNoPoints) {
  EXPECT_TRUE(average_curves({}).points.empty());
  EXPECT_TRUE(average_curves({{}, {}}).points.empty());
  EXPECT_TRUE(average_curves({{{1, std::nullopt}, {2, std::nullopt}}}).points.empty());
  EXPECT_TRUE(average_curves({{{-5, 1.0}, {0, 1.0}}}).points.empty());
}

}  // namespace
}  // namespace plumbline
