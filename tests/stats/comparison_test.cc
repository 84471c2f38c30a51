#include "stats/comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/error.h"
#include "stats/distribution.h"
#include "stats/matrices.h"

namespace plumbline {
namespace {

using Rows = std::vector<std::vector<double>>;

// Sd of the differences 0.001 exactly, mean 0: five seeds.
const std::vector<double> kFive = {0.9, 0.901, 0.899, 0.9015, 0.8985};
const std::vector<double> kWobble = {0.0, 0.001, -0.001, 0.0005, -0.0005};

std::vector<double> plus(std::vector<double> values, double shift, double wobble = 0) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] += shift + wobble * kWobble[i % kWobble.size()];
  }
  return values;
}

std::vector<double> repeated(const std::vector<double>& values, int times) {
  std::vector<double> result;
  for (int i = 0; i < times; ++i) {
    result.insert(result.end(), values.begin(), values.end());
  }
  return result;
}

AccuracyComparison first_pair(const TrialMatrix& matrix, const ComparisonSettings& settings = {}) {
  return compare_stacks(matrix, settings).pairs.front().accuracy;
}

TEST(VerdictTest, IsReadOffTheIntervals) {
  struct Case {
    Interval interval;
    Interval narrower;
    PairVerdict expected;
  };
  const std::vector<Case> cases = {
      {{0.1, 2.0, 0.95}, {0.2, 1.9, 0.9}, PairVerdict::Better},
      {{-2.0, -0.1, 0.95}, {-1.9, -0.2, 0.9}, PairVerdict::Worse},
      {{-0.5, 2.0, 0.95}, {-0.4, 1.9, 0.9}, PairVerdict::Undecided},
      {{-0.5, 0.9, 0.95}, {-0.4, 0.8, 0.9}, PairVerdict::Equivalent},
      {{-0.5, 1.1, 0.95}, {-0.4, 0.9, 0.9}, PairVerdict::Equivalent},  // read off the narrower
      {{-0.5, 1.1, 0.95}, {-0.4, 1.0, 0.9}, PairVerdict::Undecided},   // the margin itself matters
      {{0.1, 0.9, 0.95}, {0.2, 0.8, 0.9}, PairVerdict::Equivalent},  // real, and it does not matter
      {{0.0, 2.0, 0.95}, {0.1, 1.9, 0.9}, PairVerdict::Undecided},
  };
  const Interval margin{-1, 1, 0};
  for (const Case& test : cases) {
    EXPECT_EQ(verdict_of(test.interval, test.narrower, {0, margin, true}), test.expected)
        << test.interval.low << " to " << test.interval.high;
  }
  EXPECT_EQ(verdict_of(std::nullopt, std::nullopt, {0, margin, true}), PairVerdict::Undecided);
}

TEST(VerdictTest, IsNeverEquivalentWithoutAMargin) {
  EXPECT_EQ(verdict_of(Interval{-1e-9, 1e-9, 0.95}, Interval{-1e-9, 1e-9, 0.9}, {}),
            PairVerdict::Undecided);
}

TEST(VerdictTest, OfTimesFavoursLess) {
  const VerdictRule rule{1, std::nullopt, false};
  EXPECT_EQ(verdict_of(Interval{0.4, 0.6, 0.95}, {}, rule), PairVerdict::Better);
  EXPECT_EQ(verdict_of(Interval{1.4, 1.6, 0.95}, {}, rule), PairVerdict::Worse);
}

TEST(ComparisonTest, OfTwoStacksIsThePairedT) {
  const AccuracyComparison pair = first_pair(matrix_of({plus(kFive, 0.005, 1), kFive}));
  EXPECT_EQ(pair.verdict, PairVerdict::Better);
  EXPECT_EQ(pair.method, AccuracyMethod::PairedT);
  EXPECT_EQ(pair.seeds, 5U);
  EXPECT_FALSE(pair.exploratory);
  EXPECT_NEAR(*pair.difference, 0.005, 1e-12);
  const double sd = std::sqrt(2.5e-6 / 4);  // of kWobble
  EXPECT_NEAR(*pair.sd, sd, 1e-12);
  const double half = student_t_critical(0.95, 4) * sd / std::sqrt(5);
  EXPECT_NEAR(pair.interval->low, 0.005 - half, 1e-12);
  EXPECT_NEAR(pair.interval->high, 0.005 + half, 1e-12);
  EXPECT_EQ(pair.p, pair.p_holm);
  EXPECT_EQ(*pair.p_sign_flip, 0.0625);  // the least that five seeds can give
  EXPECT_EQ(*pair.probability_better, 1);
}

TEST(ComparisonTest, OfWhatDiffersByNoiseStaysUndecidedAndSaysWhatItWouldTake) {
  const AccuracyComparison pair = first_pair(matrix_of({plus(kFive, 0.0002, 1), kFive}));
  EXPECT_EQ(pair.verdict, PairVerdict::Undecided);
  EXPECT_NEAR(*pair.needed_difference, 0.0002, 1e-12);
  EXPECT_GT(*pair.needed_seeds, 100U);  // (z .975 + z .9)^2 (sd / difference)^2 = 164 and a few
  EXPECT_LT(*pair.needed_seeds, 175U);
  EXPECT_GT(*pair.detectable_difference, pair.interval->high);
}

TEST(ComparisonTest, OfADifferenceWithinTheMarginIsEquivalent) {
  const TrialMatrix matrix = matrix_of({plus(repeated(kFive, 8), 0.0003, 1), repeated(kFive, 8)});
  EXPECT_EQ(first_pair(matrix, {.accuracy_margin = 0.001}).verdict, PairVerdict::Equivalent);
  EXPECT_EQ(first_pair(matrix).verdict, PairVerdict::Better);
}

// Half way to the margin is the hardest place: neither 0 nor the margin can be told apart.
TEST(ComparisonTest, PlansForTheEasierOfZeroAndTheMargin) {
  const TrialMatrix matrix = matrix_of({plus(kFive, 0.0002, 1), kFive});
  EXPECT_NEAR(*first_pair(matrix, {.accuracy_margin = 0.0008}).needed_difference, 0.0006, 1e-12);
  EXPECT_NEAR(*first_pair(matrix, {.accuracy_margin = 0.0003}).needed_difference, 0.0002, 1e-12);
}

TEST(ComparisonTest, OfFewSeedsIsExploratory) {
  for (const std::size_t seeds : {1, 2, 4, 5}) {
    TrialMatrix matrix = matrix_of({plus(kFive, 0.005, 1), kFive});
    for (std::size_t seed = seeds; seed < 5; ++seed) {
      matrix.at(0, seed).state = TrialState::NotRun;
    }
    const AccuracyComparison pair = first_pair(matrix);
    EXPECT_EQ(pair.seeds, seeds);
    EXPECT_EQ(pair.exploratory, seeds < 5);
    EXPECT_EQ(pair.interval.has_value(), seeds >= 2);
  }
}

TEST(ComparisonTest, OfNothingSaysNothing) {
  EXPECT_TRUE(compare_stacks({}, {}).pairs.empty());
  EXPECT_FALSE(compare_stacks({}, {}).settled);
  TrialMatrix matrix;
  matrix.stacks = 2;
  const AccuracyComparison pair = first_pair(matrix);
  EXPECT_EQ(pair.verdict, PairVerdict::Undecided);
  EXPECT_EQ(pair.seeds, 0U);
  EXPECT_FALSE(pair.difference.has_value());
  EXPECT_FALSE(pair.p.has_value());
}

TEST(ComparisonTest, OfOneStackIsSettled) {
  EXPECT_TRUE(compare_stacks(matrix_of({kFive}), {}).settled);
}

TEST(ComparisonTest, CallsSameBitsIdenticalAndGivesNoPValue) {
  const std::vector<std::uint8_t> bits = {0b01101111};
  TrialMatrix matrix = matrix_of({Rows::value_type(6, 0.75), Rows::value_type(6, 0.75)});
  matrix.examples = 8;
  for (TrialResult& result : matrix.results) {
    result.correct = bits;
  }
  const Comparison comparison = compare_stacks(matrix, {});
  const AccuracyComparison& pair = comparison.pairs.front().accuracy;
  EXPECT_EQ(pair.verdict, PairVerdict::Identical);
  EXPECT_FALSE(pair.p.has_value());
  EXPECT_FALSE(pair.interval.has_value());
  EXPECT_TRUE(comparison.settled);

  const std::vector<std::uint8_t> as_many_others = {0b01011111};
  matrix.at(1, 3).correct = as_many_others;
  EXPECT_EQ(first_pair(matrix).verdict, PairVerdict::Undecided);
  EXPECT_FALSE(first_pair(matrix).p.has_value());
}

TEST(ComparisonTest, OfEqualDifferencesJudgesByTheirNumberAlone) {
  // 0.9 - 0.89 as quotients of whole numbers: equal in truth, not in every bit.
  const auto with_seeds = [](std::size_t seeds) {
    Rows rows(2);
    for (std::size_t seed = 0; seed < seeds; ++seed) {
      rows[0].push_back((8900.0 + static_cast<double>(seed) + 100) / 10000);
      rows[1].push_back((8900.0 + static_cast<double>(seed)) / 10000);
    }
    return matrix_of(rows);
  };
  const AccuracyComparison five = first_pair(with_seeds(5));
  EXPECT_EQ(five.method, AccuracyMethod::SignFlip);
  EXPECT_EQ(five.verdict, PairVerdict::Undecided);
  EXPECT_EQ(*five.p, 0.0625);
  EXPECT_EQ(*five.needed_seeds, 6U);
  EXPECT_FALSE(five.interval.has_value());
  EXPECT_EQ(first_pair(with_seeds(6)).verdict, PairVerdict::Better);
  // 2^n / (n + 1) reaches 20 at n = 8.
  EXPECT_EQ(first_pair(with_seeds(7), {.looks = Looks::AfterEveryBlock}).verdict,
            PairVerdict::Undecided);
  EXPECT_EQ(first_pair(with_seeds(8), {.looks = Looks::AfterEveryBlock}).verdict,
            PairVerdict::Better);
}

TEST(ComparisonTest, OfOneSeedTestsTheTwoNetworksOnly) {
  const std::vector<std::uint8_t> first = {0b11111111};
  const std::vector<std::uint8_t> second = {0b00000011};
  TrialMatrix matrix = matrix_of({{1.0}, {0.25}});
  matrix.examples = 8;
  matrix.at(0, 0).correct = first;
  matrix.at(1, 0).correct = second;
  const AccuracyComparison pair = first_pair(matrix);
  EXPECT_NEAR(*pair.p_mcnemar, 2.0 / 64, 1e-15);
  EXPECT_EQ(pair.verdict, PairVerdict::Undecided);
  EXPECT_TRUE(pair.exploratory);
}

TEST(ComparisonTest, PoolsWhereSpreadsAreAlikeAndThenIsNarrower) {
  const Rows alike = {plus(kFive, 0.001, 1),
                      plus(kFive, 0, -0.9),
                      plus({0.9003, 0.9, 0.899, 0.9021, 0.8985}, -0.002),
                      plus({0.9, 0.9012, 0.8979, 0.9015, 0.899}, 0.003)};
  const Comparison pooled = compare_stacks(matrix_of(alike), {});
  EXPECT_TRUE(pooled.pooling.pooled);
  EXPECT_EQ(pooled.pooling.blocks, 5U);
  EXPECT_EQ(pooled.pairs.front().accuracy.method, AccuracyMethod::PooledT);

  Rows one_noisy = alike;
  one_noisy[0] = plus(kFive, 0.001, 40);
  const Comparison apart = compare_stacks(matrix_of(one_noisy), {});
  EXPECT_FALSE(apart.pooling.pooled);
  EXPECT_LE(*apart.pooling.p_equal_spread, 0.25);
  EXPECT_EQ(apart.pairs.back().accuracy.method, AccuracyMethod::PairedT);
  const auto width = [](const Comparison& comparison) {
    return comparison.pairs.back().accuracy.interval->high -
           comparison.pairs.back().accuracy.interval->low;
  };
  EXPECT_LT(width(pooled), width(apart));
}

TEST(ComparisonTest, AgainstAReferenceTakesFewerPairsAndIsNarrower) {
  const Rows rows = {plus(kFive, 0.001, 1),
                     plus(kFive, 0, -0.9),
                     plus({0.9003, 0.9, 0.899, 0.9021, 0.8985}, -0.002)};
  const Comparison all = compare_stacks(matrix_of(rows), {});
  const Comparison with_one = compare_stacks(matrix_of(rows), {.reference = 2});
  EXPECT_EQ(all.pairs.size(), 3U);
  ASSERT_EQ(with_one.pairs.size(), 2U);
  EXPECT_EQ(with_one.pairs[0].second, 2U);
  const auto all_pair = pair_of(all, 0, 2);
  const auto one_pair = pair_of(with_one, 0, 2);
  EXPECT_LT(one_pair->accuracy.interval->high, all_pair->accuracy.interval->high);
  EXPECT_FALSE(pair_of(with_one, 0, 1).has_value());
}

TEST(ComparisonTest, SeesAPairFromEitherSide) {
  TrialMatrix matrix = matrix_of({plus(kFive, 0.005, 1), kFive});
  for (std::size_t seed = 0; seed < 5; ++seed) {
    matrix.at(0, seed).seconds = 2.0 + 0.01 * static_cast<double>(seed);
    matrix.at(1, seed).seconds = 4.0;
  }
  const Comparison comparison = compare_stacks(matrix, {});
  const PairComparison there = *pair_of(comparison, 0, 1);
  const PairComparison back = *pair_of(comparison, 1, 0);
  EXPECT_EQ(back.first, 1U);
  EXPECT_EQ(back.accuracy.verdict, PairVerdict::Worse);
  EXPECT_EQ(*back.accuracy.difference, -*there.accuracy.difference);
  EXPECT_EQ(back.accuracy.interval->low, -there.accuracy.interval->high);
  EXPECT_EQ(*back.accuracy.probability_better, 0);
  EXPECT_NEAR(*back.time.ratio * *there.time.ratio, 1, 1e-14);
  EXPECT_FALSE(pair_of(comparison, 0, 0).has_value());
}

TEST(ComparisonTest, CountsTrialsThatDidNotTrainAndComparesThem) {
  TrialMatrix matrix = matrix_of({repeated(kFive, 2), repeated(kFive, 2)});
  for (std::size_t seed = 0; seed < 8; ++seed) {
    matrix.at(0, seed).state = seed < 6 ? TrialState::Diverged : TrialState::Failed;
  }
  const Comparison comparison = compare_stacks(matrix, {});
  EXPECT_EQ(comparison.stacks[0].failures.trials, 10U);
  EXPECT_EQ(comparison.stacks[0].failures.diverged, 6U);
  EXPECT_EQ(comparison.stacks[0].failures.failed, 2U);
  EXPECT_EQ(comparison.stacks[0].accuracy.count, 2U);
  EXPECT_EQ(comparison.pairs[0].accuracy.seeds, 2U);
  // 8 of 10 against 0 of 10: C(12, 2) / C(20, 10) x 2 = 0.0007.
  EXPECT_NEAR(*comparison.pairs[0].failures.p, 2 * 45.0 / 125970, 1e-12);
  EXPECT_EQ(comparison.pairs[0].failures.verdict, PairVerdict::Worse);
  EXPECT_EQ(pair_of(comparison, 1, 0)->failures.verdict, PairVerdict::Better);
}

TEST(ComparisonTest, LeavesUnsupportedStacksOutOfRankingAndFailures) {
  TrialMatrix matrix = matrix_of({plus(kFive, 0.01), kFive, kFive});
  for (std::size_t seed = 0; seed < 5; ++seed) {
    matrix.at(2, seed).state = TrialState::Unsupported;
  }
  const Comparison comparison = compare_stacks(matrix, {});
  EXPECT_EQ(comparison.ranking, (std::vector<std::size_t>{0, 1}));
  EXPECT_FALSE(comparison.stacks[2].rank.has_value());
  EXPECT_EQ(comparison.stacks[2].failures.trials, 0U);
  EXPECT_FALSE(pair_of(comparison, 0, 2)->failures.p.has_value());
  EXPECT_EQ(pair_of(comparison, 0, 1)->accuracy.method, AccuracyMethod::SignFlip);
}

TEST(ComparisonTest, SettlesWhenNeighboursAreDecided) {
  const Rows rows = {
      repeated(plus(kFive, 0.02, 1), 4), repeated(kFive, 4), repeated(plus(kFive, -0.02, -1), 4)};
  const ComparisonSettings settings{.looks = Looks::AfterEveryBlock};
  const Comparison apart = compare_stacks(matrix_of(rows), settings);
  EXPECT_TRUE(apart.settled);
  EXPECT_TRUE(apart.unsettled.empty());
  EXPECT_EQ(apart.ranking, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(apart.pairs.front().accuracy.method, AccuracyMethod::MixtureT);

  Rows close = rows;
  close[1] = repeated(plus(kFive, 0.0201, -1), 4);
  const Comparison open = compare_stacks(matrix_of(close), settings);
  EXPECT_FALSE(open.settled);
  ASSERT_EQ(open.unsettled.size(), 1U);
  EXPECT_EQ(open.pairs[open.unsettled[0]].first, 0U);
  EXPECT_EQ(open.pairs[open.unsettled[0]].second, 1U);
}

TEST(ComparisonTest, DoesNotSettleOnAFewSeeds) {
  TrialMatrix matrix = matrix_of({plus(kFive, 0.05, 1), kFive});
  matrix.at(0, 0).state = TrialState::NotRun;
  EXPECT_EQ(first_pair(matrix).verdict, PairVerdict::Better);
  EXPECT_FALSE(compare_stacks(matrix, {}).settled);
}

// Every look more costs something: the same results, watched, give a wider interval.
TEST(ComparisonTest, IsWiderWhenWatched) {
  const TrialMatrix matrix = matrix_of({repeated(plus(kFive, 0.001, 1), 4), repeated(kFive, 4)});
  const AccuracyComparison once = first_pair(matrix);
  const AccuracyComparison watched = first_pair(matrix, {.looks = Looks::AfterEveryBlock});
  EXPECT_LT(watched.interval->low, once.interval->low);
  EXPECT_GT(watched.interval->high, once.interval->high);
  EXPECT_EQ(watched.log_e_value, once.log_e_value);
}

TEST(ComparisonTest, OfTimesNeedsSixPairsAndSaysSo) {
  const auto rows = [](std::size_t seeds) {
    Rows seconds(2);
    for (std::size_t seed = 0; seed < seeds; ++seed) {
      seconds[0].push_back(1.0 + 0.01 * static_cast<double>(seed));
      seconds[1].push_back(2.0 + 0.03 * static_cast<double>(seed));
    }
    return times_of(seconds);
  };
  const TimeComparison five = compare_stacks(rows(5), {}).pairs.front().time;
  EXPECT_EQ(five.verdict, PairVerdict::Undecided);
  EXPECT_EQ(five.needed_seeds, 6U);
  EXPECT_FALSE(five.interval.has_value());
  const TimeComparison six = compare_stacks(rows(6), {}).pairs.front().time;
  EXPECT_EQ(six.verdict, PairVerdict::Better);
  EXPECT_NEAR(six.interval->high, 0.5, 1e-14);
  EXPECT_NEAR(six.interval->low, 1.05 / 2.15, 1e-14);
  EXPECT_EQ(*six.p, 2.0 / 64);
}

TEST(ComparisonTest, OfTimesWithinTheMarginIsEquivalent) {
  Rows seconds(2);
  for (int seed = 0; seed < 12; ++seed) {
    seconds[0].push_back(10 * (1 + 0.002 * std::sin(seed)));
    seconds[1].push_back(10.1);
  }
  const TimeComparison time =
      compare_stacks(times_of(seconds), {.time_margin = 0.05}).pairs.front().time;
  EXPECT_EQ(time.verdict, PairVerdict::Equivalent);
  EXPECT_LT(time.interval->high, 1);  // and yet really faster
}

TEST(ComparisonTest, LeavesTimesOfSplitBlocksOut) {
  TrialMatrix matrix = times_of({{1, 1, 1}, {2, 2, 9}});
  matrix.timed_together = {true, true, false};
  const Comparison comparison = compare_stacks(matrix, {});
  EXPECT_EQ(comparison.pairs.front().time.seeds, 2U);
  EXPECT_EQ(comparison.stacks[1].seconds.mean, 2);
  EXPECT_EQ(comparison.stacks[1].accuracy.count, 3U);
  EXPECT_EQ(comparison.time_ranking, (std::vector<std::size_t>{0, 1}));
}

TEST(ComparisonTest, RefusesInSentencesWhatCannotBe) {
  TrialMatrix matrix = matrix_of({kFive, kFive});
  const auto refused = [&](const TrialMatrix& wrong, const ComparisonSettings& settings) {
    try {
      static_cast<void>(compare_stacks(wrong, settings));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refused(matrix, {.confidence = 95}),
            "A comparison's confidence lies between 0.5 and 1; 95 does not.");
  EXPECT_EQ(refused(matrix, {.accuracy_margin = -1.0}),
            "The accuracy margin must be above 0; it is -1.");
  EXPECT_EQ(refused(matrix, {.reference = 2}), "The reference is stack 2, but there are only 2.");
  TrialMatrix wrong = matrix;
  wrong.at(0, 0).accuracy = std::nan("");
  EXPECT_EQ(refused(wrong, {}), "An accuracy lies between 0 and 1; nan does not.");
  wrong = matrix;
  wrong.at(0, 0).seconds = INFINITY;
  EXPECT_EQ(refused(wrong, {}), "A time to compare is finite and above 0; inf is not.");
  wrong = matrix;
  wrong.results.pop_back();
  EXPECT_NE(refused(wrong, {}), "");
  wrong = matrix;
  const std::vector<std::uint8_t> bits(3);
  wrong.at(0, 0).correct = bits;
  EXPECT_EQ(refused(wrong, {}), "The bits of 0 test examples do not fit 3 bytes.");
}

}  // namespace
}  // namespace plumbline
