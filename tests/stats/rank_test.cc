#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/error.h"
#include "base/philox.h"
#include "stats/rank/hodges_lehmann.h"
#include "stats/rank/sign_flip.h"
#include "stats/rank/signed_rank.h"

namespace plumbline {
namespace {

using Values = std::vector<double>;

TEST(SignFlipTest, CannotFallBelowTwoOverAllSigns) {
  for (const int n : {1, 2, 5, 8, 30}) {
    EXPECT_EQ(*sign_flip_p(Values(static_cast<std::size_t>(n), 0.1)), std::ldexp(1, 1 - n)) << n;
  }
}

TEST(SignFlipTest, SaysNothingOfNothingAndOfTooMany) {
  EXPECT_FALSE(sign_flip_p({}).has_value());
  EXPECT_FALSE(sign_flip_p(Values(kMostSignFlips + 1, 1)).has_value());
  EXPECT_THROW(static_cast<void>(sign_flip_p(Values{1, std::nan("")})), Error);
}

TEST(SignFlipTest, IsOneWhereAllAreZeroOrBalanced) {
  EXPECT_EQ(*sign_flip_p(Values{0, 0, 0}), 1);
  EXPECT_EQ(*sign_flip_p(Values{0.1, -0.1}), 1);
}

// 0.1 + 0.2 - 0.3 is not 0 in doubles; in truth 2 of 8 signs reach the sum 0.6 and its negative,
// and all 8 reach a sum of 0.
TEST(SignFlipTest, TakesSumsThatDifferByRoundingAsEqual) {
  EXPECT_EQ(*sign_flip_p(Values{0.1, 0.2, -0.3}), 1);
  EXPECT_EQ(*sign_flip_p(Values{0.1, 0.2, 0.3}), 0.25);
}

// P(W <= w) for n = 3: the sums of the subsets of {1, 2, 3} are 0, 1, 2, 3, 3, 4, 5, 6.
TEST(SignedRankTest, CountsSubsetsByHand) {
  const Values expected = {1 / 8.0, 2 / 8.0, 3 / 8.0, 5 / 8.0, 6 / 8.0, 7 / 8.0, 1};
  const Values found = signed_rank_cdf(3);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t w = 0; w < expected.size(); ++w) {
    EXPECT_DOUBLE_EQ(found[w], expected[w]) << w;
  }
}

// Two-sided 5% points of Wilcoxon's T as in textbooks (0, 2, 3, 5, 8 for 6 to 10 values). For n =
// 8, five subsets of {1..8} sum to 3 or less and seven to 4 or less: 2 x 7 / 256 is more than 5%.
TEST(SignedRankTest, HasThePrintedCriticalValues) {
  struct Case {
    std::size_t n;
    std::size_t largest_rejected;
  };
  for (const Case& test :
       std::vector<Case>{{6, 0}, {7, 2}, {8, 3}, {9, 5}, {10, 8}, {20, 52}, {25, 89}}) {
    EXPECT_EQ(*signed_rank_depth(test.n, 0.025), test.largest_rejected + 1) << test.n;
  }
}

TEST(SignedRankTest, NeedsSixPairsForNinetyFivePercent) {
  EXPECT_FALSE(signed_rank_depth(5, 0.025).has_value());
  EXPECT_EQ(signed_rank_depth(6, 0.025), 1U);
  EXPECT_EQ(fewest_pairs(0.025), 6U);
  EXPECT_EQ(fewest_pairs(0.0025), 9U);
  EXPECT_EQ(fewest_pairs(1.0 / 64), 6U);  // just reached
}

// Above the limit the normal law with its correction takes over. The exact distribution goes on
// being computable, if slowly, and says how good it is: the depth may be one off.
TEST(SignedRankTest, LawForManyValuesAgreesWithTheExactOne) {
  const std::size_t n = kExactSignedRanks + 1;
  const Values cdf = signed_rank_cdf(n);
  for (const double tail : {0.025, 0.0025, 0.00025}) {
    const auto exact = std::upper_bound(cdf.begin(), cdf.end(), tail) - cdf.begin();
    EXPECT_NEAR(static_cast<double>(*signed_rank_depth(n, tail)), static_cast<double>(exact), 1);
  }
}

TEST(SignedRankTest, LeavesZerosOut) {
  EXPECT_EQ(*signed_rank_p(Values{0, 0, 1, 2, 3}), *signed_rank_p(Values{1, 2, 3}));
  EXPECT_EQ(*signed_rank_p(Values{0, 0}), 1);
  EXPECT_FALSE(signed_rank_p({}).has_value());
  EXPECT_THROW(static_cast<void>(signed_rank_p(Values{INFINITY})), Error);
}

TEST(SignedRankTest, OfManyValuesIsNearTheExactP) {
  const RandomStream stream(stream_key("signed ranks", 1), StreamPurpose::InitialWeights, 0, 0);
  Values values;
  for (std::uint64_t i = 0; i < kExactSignedRanks; ++i) {
    values.push_back(stream.uniform_f64(i) - 0.45);
  }
  const double exact = *signed_rank_p(values);
  values.push_back(
      1e-9);  // the smallest of one more: the statistic moves by one and the ranks by one
  EXPECT_NEAR(*signed_rank_p(values), exact, 0.002);
}

TEST(HodgesLehmannTest, IsTheMedianOfMeansOfTwoByHand) {
  // Means of two of {1, 2, 6}: 1, 1.5, 2, 3.5, 4, 6.
  EXPECT_EQ(hodges_lehmann(Values{6, 1, 2}, 0.9)->estimate, 2.75);
  EXPECT_EQ(hodges_lehmann(Values{5}, 0.9)->estimate, 5);
  EXPECT_FALSE(hodges_lehmann({}, 0.9).has_value());
}

TEST(HodgesLehmannTest, OfSixValuesHasTheirRangeAsInterval) {
  const auto middle = hodges_lehmann(Values{-1, 3, 2, 8, 5, 4}, 0.95);
  EXPECT_EQ(middle->interval->low, -1);
  EXPECT_EQ(middle->interval->high, 8);
  EXPECT_FALSE(hodges_lehmann(Values{-1, 3, 2, 8, 5}, 0.95)->interval.has_value());
}

TEST(HodgesLehmannTest, TakesTiesZerosAndBothSignsAsTheyAre) {
  const auto same = hodges_lehmann(Values(8, -0.25), 0.95);
  EXPECT_EQ(same->estimate, -0.25);
  EXPECT_EQ(same->interval->low, -0.25);
  EXPECT_EQ(same->interval->high, -0.25);
  EXPECT_EQ(hodges_lehmann(Values{-3, 0.0, -0.0, 3}, 0.5)->estimate, 0);
  EXPECT_EQ(hodges_lehmann(Values{-1e300, 1e300, 2}, 0.5)->estimate, 1);
}

// Selection without forming the means, against sorting all of them.
TEST(HodgesLehmannTest, AgreesWithAllMeansForManyValues) {
  const RandomStream stream(stream_key("hodges", 1), StreamPurpose::InitialWeights, 0, 0);
  Values values;
  for (std::uint64_t i = 0; i < 301; ++i) {
    values.push_back(std::tan(3.1 * (stream.uniform_f64(i) - 0.5)));
  }
  Values means;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i; j < values.size(); ++j) {
      means.push_back(values[i] / 2 + values[j] / 2);
    }
  }
  std::sort(means.begin(), means.end());
  const auto middle = hodges_lehmann(values, 0.95);
  const std::size_t depth = *signed_rank_depth(values.size(), 0.025);
  EXPECT_EQ(middle->estimate, means[means.size() / 2]);
  EXPECT_EQ(middle->interval->low, means[depth - 1]);
  EXPECT_EQ(middle->interval->high, means[means.size() - depth]);
}

}  // namespace
}  // namespace plumbline
