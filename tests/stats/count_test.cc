#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/error.h"
#include "stats/count/examples.h"
#include "stats/count/fisher.h"
#include "stats/count/mcnemar.h"
#include "stats/count/proportion.h"
#include "stats/error_ratio.h"
#include "stats/holm.h"

namespace plumbline {
namespace {

using Values = std::vector<double>;

// 1 - 0.025^(1/5): none of five seen.
TEST(ShareIntervalTest, OfNoneSeenReachesFromZero) {
  const Interval interval = share_interval(0, 5, 0.95);
  EXPECT_EQ(interval.low, 0);
  EXPECT_NEAR(interval.high, 1 - std::pow(0.025, 0.2), 1e-12);
  EXPECT_EQ(share_interval(5, 5, 0.95).high, 1);
}

TEST(ShareIntervalTest, OfNoTrialsIsEverything) {
  const Interval interval = share_interval(0, 0, 0.95);
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 1);
  EXPECT_THROW(static_cast<void>(share_interval(2, 1, 0.95)), Error);
}

TEST(FisherTest, IsOneWithoutTrialsOrWithoutEvents) {
  EXPECT_EQ(fisher_p({0, 0}, {0, 0}), 1);
  EXPECT_EQ(fisher_p({0, 5}, {0, 0}), 1);
  EXPECT_NEAR(fisher_p({0, 5}, {0, 5}), 1, 1e-14);
  EXPECT_THROW(static_cast<void>(fisher_p({3, 2}, {0, 1})), Error);
}

// The lady tasting tea: 4 of 4 against 0 of 4, 2 / C(8, 4).
TEST(FisherTest, DoesNotCareWhichComesFirst) {
  EXPECT_NEAR(fisher_p({4, 4}, {0, 4}), 2.0 / 70, 1e-15);
  EXPECT_NEAR(fisher_p({0, 4}, {4, 4}), 2.0 / 70, 1e-15);
}

TEST(McNemarTest, LooksOnlyAtWhereTheyDiffer) {
  EXPECT_EQ(mcnemar_p(0, 0), 1);
  EXPECT_EQ(mcnemar_p(4, 4), 1);
  EXPECT_NEAR(mcnemar_p(0, 6), 2.0 / 64, 1e-15);
}

TEST(HolmTest, TakesAnyNumberOfThem) {
  EXPECT_TRUE(holm({}).empty());
  EXPECT_EQ(holm(Values{0.04}), Values{0.04});
  EXPECT_EQ(holm(Values{0.9, 0.8}), (Values{1, 1}));
  EXPECT_THROW(static_cast<void>(holm(Values{std::nan("")})), Error);
}

// 70 examples: more than one word of bits, and a tail that is not full. Bits beyond the last
// example are set and must not count.
TEST(ExamplesTest, CountsEachExampleAndNothingBeyondTheLast) {
  constexpr std::int64_t kExamples = 70;
  const std::vector<std::uint8_t> all(9, 0xff);
  std::vector<std::uint8_t> one(9, 0);
  one[8] = 0b00100001;  // examples 64 and 69
  const std::vector<CorrectBits> networks = {all, one, one};
  const std::vector<std::uint32_t> counts = count_correct(networks, kExamples);
  ASSERT_EQ(counts.size(), 70U);
  EXPECT_EQ(counts[0], 1U);
  EXPECT_EQ(counts[63], 1U);
  EXPECT_EQ(counts[64], 3U);
  EXPECT_EQ(counts[65], 1U);
  EXPECT_EQ(counts[69], 3U);
  EXPECT_EQ(disagreement(all, one, kExamples).only_first, 68U);
  EXPECT_EQ(disagreement(all, one, kExamples).only_second, 0U);
}

TEST(ExamplesTest, CountsAThousandNetworks) {
  const std::vector<std::uint8_t> bits = {0b101};
  const std::vector<CorrectBits> networks(1000, bits);
  EXPECT_EQ(count_correct(networks, 3), (std::vector<std::uint32_t>{1000, 0, 1000}));
}

TEST(ExamplesTest, RefusesBitsThatDoNotFit) {
  const std::vector<std::uint8_t> bits(2);
  EXPECT_THROW(static_cast<void>(count_correct(std::vector<CorrectBits>{bits}, 17)), Error);
  EXPECT_THROW(static_cast<void>(disagreement(bits, bits, 3)), Error);
  EXPECT_THROW(static_cast<void>(example_variance(
                   std::vector<std::uint32_t>{1, 2}, 2, std::vector<std::uint32_t>{1, 2, 3})),
               Error);
}

TEST(ExamplesTest, SayNothingOfTooFew) {
  EXPECT_FALSE(example_variance(std::vector<std::uint32_t>{1}, 2).has_value());
  EXPECT_FALSE(example_variance(std::vector<std::uint32_t>{1, 2}, 0).has_value());
  EXPECT_FALSE(predicted_seed_sd(std::vector<std::uint32_t>{1, 0}, 1).has_value());
}

TEST(ExamplesTest, WithoutAnyDifferenceHaveNoVariance) {
  const std::vector<std::uint32_t> counts = {3, 1, 2, 0};
  EXPECT_EQ(*example_variance(counts, 3, counts), 0);
}

TEST(ErrorRatioTest, SaysOnlyWhatItKnows) {
  EXPECT_FALSE(error_ratio({}, {}, 0.95).ratio.has_value());
  EXPECT_FALSE(error_ratio(Values{0.1, 0.1}, Values{0, 0}, 0.95).ratio.has_value());
  const ErrorRatio one = error_ratio(Values{0.1}, Values{0.01}, 0.95);
  EXPECT_NEAR(*one.ratio, 10, 1e-12);
  EXPECT_FALSE(one.interval.has_value());
}

TEST(ErrorRatioTest, RefusesWhatIsNoErrorRate) {
  EXPECT_THROW(static_cast<void>(error_ratio(Values{0.1}, Values{0.1, 0.2}, 0.95)), Error);
  for (const double bad : {-0.1, 1.1, std::nan("")}) {
    EXPECT_THROW(static_cast<void>(error_ratio(Values{bad}, Values{0.1}, 0.95)), Error);
  }
}

// A denominator that may be 0 allows any large ratio.
TEST(ErrorRatioTest, ReachesToInfinityWhereTheDenominatorMayBeZero) {
  const ErrorRatio ratio =
      error_ratio(Values{0.10, 0.11, 0.12, 0.1}, Values{0.0, 0.02, 0.0, 0.01}, 0.95);
  EXPECT_EQ(ratio.interval->high, std::numeric_limits<double>::infinity());
  EXPECT_GT(ratio.interval->low, 0);
  EXPECT_LT(ratio.interval->low, *ratio.ratio);
}

TEST(ErrorRatioTest, MayBeAnythingWhereBothMayBeZero) {
  const ErrorRatio ratio = error_ratio(Values{0.0, 0.3}, Values{0.0, 0.2}, 0.95);
  EXPECT_EQ(ratio.interval->low, 0);
  EXPECT_EQ(ratio.interval->high, std::numeric_limits<double>::infinity());
}

TEST(ErrorRatioTest, IsWiderForOtherTestSets) {
  const Values fashion = {0.0907, 0.0931, 0.0895, 0.0902, 0.0911};
  const Values mnist = {0.0083, 0.0084, 0.0071, 0.0091, 0.0086};
  const ErrorRatio ratio =
      error_ratio(fashion, mnist, 0.95, ExampleVariances{0.09 / 1e4, 0.008 / 1e4});
  EXPECT_LT(ratio.new_test_sets_interval->low, ratio.interval->low);
  EXPECT_GT(ratio.new_test_sets_interval->high, ratio.interval->high);
  EXPECT_TRUE(ratio.interval->contains(*ratio.ratio));
}

}  // namespace
}  // namespace plumbline
