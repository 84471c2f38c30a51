#include "draw/normal_quantile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace plumbline {
namespace {

// Quantiles of the very doubles, by mpmath at 60 digits (root of log erfc(-x / sqrt 2) / 2 = log
// p).
constexpr struct {
  double p;
  double quantile;
} kKnown[] = {
    {0x1p-53, -8.2095361516013868556},
    {9.094947017729282e-13, -7.0477002566644087254},
    {1e-10, -6.3613409024040561991},
    {1e-05, -4.2648907939228246102},
    {0.001, -3.0902323061678135354},
    {0.0227, -2.0009293881015723159},
    {0.0749, -1.4402382675279636631},
    {0.075, -1.4395314709384559349},
    {0.0751, -1.4388253927525399824},
    {0.1, -1.2815515655446004353},
    {0.25, -0.6744897501960817432},
    {0.4, -0.25334710313579974132},
    {0.5 - 0x1p-30, -2.3344794983332981399e-9},
};

// Wichura states a relative accuracy of about 1e-16; some roundings of the evaluation come on top.
constexpr double kRelative = 4 * std::numeric_limits<double>::epsilon();

TEST(NormalQuantile, AgreesWithKnownQuantiles) {
  for (const auto& [p, quantile] : kKnown) {
    EXPECT_NEAR(normal_quantile(p) / quantile, 1, kRelative) << p;
  }
  EXPECT_EQ(normal_quantile(0.5), 0);
}

TEST(NormalQuantile, IsOddAboutOneHalf) {
  for (const double p : {0x1p-53, 0x1p-30, 0.01, 0.25, 0.5 - 0x1p-53}) {
    EXPECT_EQ(normal_quantile(1 - p), -normal_quantile(p)) << p;
  }
}

// Phi(x) by the C library's erfc. An error of d in x changes p by p * hazard * d, with hazard < |x|
// + 1 in the lower tail.
TEST(NormalQuantile, InvertsTheDistribution) {
  for (int i = 1; i < 4000; ++i) {
    const double p = 0.5 * std::pow(0.991, i);
    const double x = normal_quantile(p);
    const double relative = (std::abs(x) + 1) * (std::abs(x) + 1) * kRelative;
    EXPECT_NEAR(0.5 * std::erfc(-x / std::sqrt(2.0)) / p, 1, relative) << p;
  }
}

TEST(NormalQuantile, Rises) {
  double last = normal_quantile(0x1p-53);
  for (int i = 1; i < 10'000; ++i) {
    const double x = normal_quantile(i / 10'000.0);
    ASSERT_GT(x, last) << i;
    last = x;
  }
}

TEST(TruncatedNormalQuantile, EndsAtTwo) {
  EXPECT_NEAR(truncated_normal_quantile(0x1p-53), -2, 1e-14);
  EXPECT_NEAR(truncated_normal_quantile(1 - 0x1p-53), 2, 1e-14);
  EXPECT_NEAR(truncated_normal_quantile(0.5), 0, 1e-15);
}

}  // namespace
}  // namespace plumbline
