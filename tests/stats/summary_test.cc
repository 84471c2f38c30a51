#include "stats/summary.h"

#include <gtest/gtest.h>

#include <vector>

namespace plumbline {
namespace {

TEST(Summary, OfNothingHasNoMeanToSpeakOf) {
  const Summary summary = summarise({});
  EXPECT_EQ(summary.count, 0U);
  EXPECT_FALSE(summary.sd.has_value());
}

TEST(Summary, OfOneValueHasNoSd) {
  const std::vector<double> values = {0.9};
  EXPECT_DOUBLE_EQ(summarise(values).mean, 0.9);
  EXPECT_FALSE(summarise(values).sd.has_value());
}

// NIST StRD, univariate summary statistics, "NumAcc3": 1001 values around 1e6, mean 1000000.2 and
// sd 0.1 exactly.
TEST(Summary, KeepsDigitsUnderALargeMean) {
  std::vector<double> values = {1000000.2};
  for (int i = 0; i < 500; ++i) {
    values.push_back(1000000.1);
    values.push_back(1000000.3);
  }
  const Summary summary = summarise(values);
  EXPECT_NEAR(summary.mean, 1000000.2, 1e-9);
  EXPECT_NEAR(*summary.sd, 0.1, 1e-9);
}

// Mean 5 and sum of squares 32 by hand.
TEST(Summary, DividesByOneLessThanTheCount) {
  const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_DOUBLE_EQ(summarise(values).mean, 5);
  EXPECT_NEAR(*summarise(values).sd, 2.1380899352993952, 1e-15);  // sqrt(32 / 7)
}

}  // namespace
}  // namespace plumbline
