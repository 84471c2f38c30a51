#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "base/error.h"
#include "stats/distribution.h"
#include "stats/mean/anova.h"
#include "stats/mean/effect_size.h"
#include "stats/mean/equivalence.h"
#include "stats/mean/max_t.h"
#include "stats/mean/mean_estimate.h"
#include "stats/mean/mixture_t.h"
#include "stats/mean/power.h"
#include "stats/mean/sign_change.h"
#include "stats/mean/two_way.h"
#include "stats/sample.h"

namespace plumbline {
namespace {

using Values = std::vector<double>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
const double kNan = std::nan("");

TEST(MeanEstimateTest, NeedsTwoValues) {
  EXPECT_FALSE(mean_estimate(Values{}).has_value());
  EXPECT_FALSE(mean_estimate(Values{1}).has_value());
  EXPECT_TRUE(mean_estimate(Values{1, 2}).has_value());
  EXPECT_FALSE(welch_estimate(Values{1, 2}, Values{1}).has_value());
}

// Mean 1.5, sd sqrt(1/2), standard error 1/2; Student's law for one degree of freedom is Cauchy's,
// whose quantile is a tangent.
TEST(MeanEstimateTest, OfTwoValuesHasAWideIntervalByHand) {
  const Interval interval = t_interval(*mean_estimate(Values{1, 2}), 0.95);
  const double critical = std::tan(std::numbers::pi * 0.475);
  EXPECT_NEAR(interval.low, 1.5 - critical / 2, 1e-12);
  EXPECT_NEAR(interval.high, 1.5 + critical / 2, 1e-12);
}

TEST(MeanEstimateTest, WithoutSpreadHasNoPValue) {
  EXPECT_FALSE(t_test_p(*mean_estimate(Values{3, 3, 3})).has_value());
  EXPECT_FALSE(welch_estimate(Values{3, 3}, Values{2, 2}).has_value());
  EXPECT_FALSE(test_equivalence(*mean_estimate(Values{0, 0, 0}), {-1, 1, 0}).has_value());
}

TEST(MeanEstimateTest, KeepsItsDigitsUnderAHugeMean) {
  const Values near = {1, 2, 4};
  const Values far = {1e12 + 1, 1e12 + 2, 1e12 + 4};
  EXPECT_DOUBLE_EQ(mean_estimate(far)->standard_error, mean_estimate(near)->standard_error);
}

// All of the same form: "Statistics need finite numbers, but number 2 of the sample is nan."
TEST(MeanEstimateTest, RefusesWhatIsNotANumberInASentence) {
  for (const double bad : {kNan, kInfinity, -kInfinity}) {
    const Values values = {1, bad, 2};
    const Values good = {1, 2, 3};
    EXPECT_THROW(static_cast<void>(mean_estimate(values)), Error);
    EXPECT_THROW(static_cast<void>(paired_estimate(values, good)), Error);
    EXPECT_THROW(static_cast<void>(welch_estimate(good, values)), Error);
    EXPECT_THROW(static_cast<void>(one_way_anova(std::vector<Values>{good, values})), Error);
    EXPECT_THROW(static_cast<void>(brown_forsythe(std::vector<Values>{good, values})), Error);
    EXPECT_THROW(static_cast<void>(fit_two_way({1, 3, values})), Error);
    EXPECT_THROW(static_cast<void>(correlation(good, values)), Error);
  }
  try {
    static_cast<void>(mean_estimate(Values{1, kNan}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "Statistics need finite numbers, but number 2 of the sample is nan.");
  }
}

TEST(MeanEstimateTest, RefusesPairsThatDoNotPair) {
  EXPECT_THROW(static_cast<void>(paired_estimate(Values{1, 2}, Values{1})), Error);
  EXPECT_THROW(static_cast<void>(correlation(Values{1, 2}, Values{1})), Error);
}

TEST(MeanEstimateTest, RefusesAConfidenceThatIsNone) {
  for (const double bad : {0.0, 1.0, 95.0, -0.5, kNan}) {
    EXPECT_THROW(static_cast<void>(t_interval({0, 1, 3}, bad)), Error);
  }
}

TEST(EquivalenceTestTest, AgreesWithTheIntervalAtTwiceAlpha) {
  const MeanEstimate estimate{0.3, 0.2, 7};
  const Interval ninety = t_interval(estimate, 0.9);
  for (const double edge : {ninety.high - 1e-9, ninety.high + 1e-9}) {
    EXPECT_EQ(test_equivalence(estimate, {-5, edge, 0})->p <= 0.05, ninety.within(-5, edge));
  }
  EXPECT_THROW(static_cast<void>(test_equivalence(estimate, {1, 1, 0})), Error);
}

TEST(AnovaTest, SaysNothingWithoutGroupsOrSpread) {
  EXPECT_FALSE(one_way_anova(std::vector<Values>{}).has_value());
  EXPECT_FALSE(one_way_anova(std::vector<Values>{{1, 2}}).has_value());
  EXPECT_FALSE(one_way_anova(std::vector<Values>{{1, 2}, {}}).has_value());
  EXPECT_FALSE(one_way_anova(std::vector<Values>{{1}, {2}}).has_value());
  EXPECT_FALSE(one_way_anova(std::vector<Values>{{1, 1}, {2, 2}}).has_value());
  EXPECT_FALSE(brown_forsythe(std::vector<Values>{{1, 1}, {2, 2}}).has_value());
}

TEST(TwoWayTest, OfTwoTreatmentsIsThePairedT) {
  const Values first = {3.1, 4.2, 2.9, 5.5};
  const Values second = {2.9, 3.8, 3.0, 4.9};
  Values both = first;
  both.insert(both.end(), second.begin(), second.end());
  const auto fit = fit_two_way({2, 4, both});
  const auto paired = paired_estimate(first, second);
  EXPECT_NEAR(pooled_estimate(*fit, 0, 1).standard_error, paired->standard_error, 1e-14);
  EXPECT_EQ(fit->df, paired->df);
  EXPECT_FALSE(fit->p_equal_spread.has_value());
}

TEST(TwoWayTest, NeedsTwoOfEachAndAllValues) {
  EXPECT_FALSE(fit_two_way({1, 3, {1, 2, 3}}).has_value());
  EXPECT_FALSE(fit_two_way({3, 1, {1, 2, 3}}).has_value());
  EXPECT_FALSE(fit_two_way({0, 0, {}}).has_value());
  EXPECT_THROW(static_cast<void>(fit_two_way({2, 2, {1, 2, 3}})), Error);
}

// Studentized range q(0.05; k, df) / sqrt 2 from printed tables (Pearson and Hartley, Biometrika
// Tables for Statisticians, table 29) and Dunnett's two-sided 5% points (Biometrics 20, 1964).
TEST(MaxTTest, HasThePrintedCriticalValues) {
  struct Case {
    Family family;
    std::size_t means;
    double df;
    double printed;
    double half_unit;
  };
  const std::vector<Case> cases = {
      {Family::AllPairs, 3, 10, 3.877 / std::sqrt(2), 0.0005},
      {Family::AllPairs, 5, 20, 4.232 / std::sqrt(2), 0.0005},
      {Family::AllPairs, 10, 60, 4.646 / std::sqrt(2), 0.0005},
      {Family::WithOne, 3, 10, 2.57, 0.005},
      {Family::WithOne, 5, 20, 2.65, 0.005},
      {Family::WithOne, 10, 60, 2.77, 0.005},
  };
  for (const Case& test : cases) {
    EXPECT_NEAR(
        max_t_critical(test.family, test.means, test.df, 0.95), test.printed, test.half_unit)
        << test.means << " means, " << test.df << " degrees of freedom";
  }
}

TEST(MaxTTest, OfTwoMeansIsStudent) {
  EXPECT_NEAR(max_t_critical(Family::AllPairs, 2, 7, 0.95), student_t_critical(0.95, 7), 1e-12);
  EXPECT_NEAR(max_t_p(Family::WithOne, 2, 7, 2.5), student_t_two_sided_p(2.5, 7), 1e-14);
}

TEST(MaxTTest, CriticalValueAndPValueAreInverse) {
  for (const Family family : {Family::AllPairs, Family::WithOne}) {
    for (const double confidence : {0.6, 0.9, 0.95, 0.999}) {
      const double critical = max_t_critical(family, 4, 6, confidence);
      EXPECT_NEAR(max_t_p(family, 4, 6, critical), 1 - confidence, 1e-9);
      EXPECT_LT(critical, bonferroni_t_critical(pairs_in(family, 4), 6, confidence));
      EXPECT_GT(critical, student_t_critical(confidence, 6));
    }
  }
  EXPECT_THROW(static_cast<void>(max_t_critical(Family::AllPairs, 1, 5, 0.95)), Error);
  EXPECT_THROW(static_cast<void>(max_t_critical(Family::AllPairs, 3, 0, 0.95)), Error);
}

// Three blocks of centred values -2, 0, 2 and, for the second treatment, none. With signs +++, the
// sum is 0; +-+ 0; -++ (2, 0, 2) 4; ++- by symmetry -4: |t| is 4 / sqrt(3 (8 - 16/3) / 2) = 2.
TEST(SignChangeTest, IsTheQuantileOfAllSignsByHand) {
  const TwoWayLayout layout{2, 3, {1, 3, 5, 0, 0, 0}};
  const std::vector<TreatmentPair> pairs = {{0, 1}};
  EXPECT_NEAR(sign_change_critical(layout, pairs, 0.5), 0, 1e-12);
  EXPECT_NEAR(sign_change_critical(layout, pairs, 0.51), 2, 1e-12);
  EXPECT_NEAR(sign_change_critical(layout, pairs, 0.95), 2, 1e-12);
}

TEST(SignChangeTest, LeavesPairsWithoutSpreadOut) {
  const TwoWayLayout layout{2, 3, {1, 2, 3, 1, 2, 3}};
  EXPECT_EQ(sign_change_critical(layout, std::vector<TreatmentPair>{{0, 1}}, 0.95), 0);
  EXPECT_THROW(
      static_cast<void>(sign_change_critical({2, 1, {1, 2}}, std::vector<TreatmentPair>{}, 0.95)),
      Error);
}

// One look more does not matter to it: with many blocks and one pair the value is Student's.
TEST(SignChangeTest, OfManyBlocksComesNearStudent) {
  TwoWayLayout layout{2, 200, {}};
  for (int i = 0; i < 400; ++i) {
    layout.values.push_back(std::sin(i * 12.9898) * 43.7);
  }
  EXPECT_NEAR(sign_change_critical(layout, std::vector<TreatmentPair>{{0, 1}}, 0.95),
              student_t_critical(0.95, 199),
              0.1);  // three standard errors of a 95% quantile of 4,096 draws
}

// The table of critical values for g = 1, alpha = 0.05; found besides by bisection of log E = log
// 20 in a calculation of its own.
TEST(MixtureTTest, HasItsTableOfCriticalValues) {
  struct Case {
    std::size_t n;
    double expected;
  };
  for (const Case& test :
       std::vector<Case>{{5, 8.45}, {6, 5.45}, {8, 4.25}, {10, 3.87}, {20, 3.42}, {50, 3.32}}) {
    const double critical = *mixture_t_critical(test.n, 0.05);
    EXPECT_NEAR(critical, test.expected, 0.0051) << test.n;
    const double n = static_cast<double>(test.n);
    const Summary at_the_edge{test.n, critical / std::sqrt(n), 1.0};
    EXPECT_NEAR(*log_e_value(at_the_edge), std::log(20), 1e-12) << test.n;
  }
}

TEST(MixtureTTest, CannotStopBeforeTheFifthValueAtFivePercent) {
  for (const std::size_t n : {0, 1, 2, 3, 4}) {
    EXPECT_FALSE(mixture_t_critical(n, 0.05).has_value()) << n;
  }
  EXPECT_TRUE(mixture_t_critical(4, 0.05, 4).has_value());
  EXPECT_FALSE(mixture_t_critical(3, 0.05, 4).has_value());
}

TEST(MixtureTTest, SequenceHoldsTheMeansWhoseEIsBelowOneOverAlpha) {
  const Summary values = summarise(Values{0.3, 0.1, 0.4, 0.2, 0.35, 0.15, 0.3});
  const Interval sequence = *confidence_sequence(values, 0.95);
  EXPECT_NEAR(*log_e_value(values, sequence.low), std::log(20), 1e-10);
  EXPECT_NEAR(*log_e_value(values, sequence.high), std::log(20), 1e-10);
  EXPECT_LT(*log_e_value(values, values.mean), 0);
}

TEST(MixtureTTest, SaysNothingOfOneValueOrWithoutSpread) {
  EXPECT_FALSE(log_e_value(summarise(Values{1})).has_value());
  EXPECT_FALSE(log_e_value(summarise(Values{0, 0, 0})).has_value());
  EXPECT_FALSE(confidence_sequence(summarise(Values(9, 1.0)), 0.95).has_value());
}

// E never exceeds (1 + n g)^((n - 1) / 2), which it has where the spread vanishes; no overflow
// there.
TEST(MixtureTTest, StaysFiniteForHugeEffects) {
  const Summary values{1000, 1e9, 1e-9};
  EXPECT_NEAR(*log_e_value(values), 999.0 / 2 * std::log(1001), 1e-6);
}

TEST(EffectSizeTest, SaysNothingWhereThereIsNothing) {
  EXPECT_FALSE(hedges_g(summarise(Values{1, 2})).has_value());
  EXPECT_FALSE(hedges_g(summarise(Values{1, 1, 1})).has_value());
  EXPECT_FALSE(probability_above({}).has_value());
  EXPECT_FALSE(correlation(Values{1, 2}, Values{1, 2}).has_value());
  EXPECT_FALSE(correlation(Values{1, 1, 1}, Values{1, 2, 3}).has_value());
}

TEST(EffectSizeTest, CountsTiesAsHalfAWin) {
  EXPECT_DOUBLE_EQ(*probability_above(Values{1, 0, -1, 2}), 0.625);
}

// Seeds for a difference of 0.1 points, by the sd of a difference: the table that the design of
// Plumbline was made with, from the exact noncentral t.
TEST(PowerTest, NeedsAsManySeedsAsPlanned) {
  struct Case {
    double sd;
    double difference;
    std::size_t seeds;
  };
  for (const Case& test : std::vector<Case>{{0.05, 0.1, 5},
                                            {0.10, 0.1, 13},
                                            {0.14, 0.1, 23},
                                            {0.20, 0.1, 44},
                                            {0.28, 0.1, 85},
                                            {0.42, 0.1, 188},
                                            {0.14, 0.2, 8},
                                            {0.28, 0.2, 23},
                                            {0.42, 0.2, 49}}) {
    EXPECT_EQ(*needed_count({.sd = test.sd}, test.difference, 0.9), test.seeds) << test.sd;
  }
}

TEST(PowerTest, DetectableMeanIsTheInverseOfPower) {
  for (const bool every_block : {false, true}) {
    const TestPlan plan{.sd = 0.3, .alpha = 0.01, .df_a_value = 4, .every_block = every_block};
    const double detectable = *detectable_mean(plan, 12, 0.9);
    EXPECT_NEAR(power_of(plan, 12, detectable), 0.9, 1e-9);
    EXPECT_NEAR(power_of(plan, 12, -detectable), 0.9, 1e-9);
    EXPECT_LE(*needed_count(plan, detectable * 1.0001, 0.9), 12U);
    EXPECT_GT(*needed_count(plan, detectable * 0.99, 0.9), 12U);
  }
}

TEST(PowerTest, KnowsWhatCannotBeDecided) {
  EXPECT_FALSE(needed_count({.sd = 1}, 0, 0.9).has_value());
  EXPECT_FALSE(needed_count({.sd = 1}, 1e-4, 0.9).has_value());
  EXPECT_FALSE(detectable_mean({.sd = 1}, 1, 0.9).has_value());
  EXPECT_FALSE(detectable_mean({.sd = 1, .every_block = true}, 4, 0.9).has_value());
  EXPECT_EQ(power_of({.sd = 1}, 1, 5), 0);
  EXPECT_EQ(power_of({.sd = 1e-9}, 5, 5), 1);
  EXPECT_THROW(static_cast<void>(needed_count({.sd = 0}, 1, 0.9)), Error);
  EXPECT_THROW(static_cast<void>(needed_count({.sd = 1}, 1, 1)), Error);
}

}  // namespace
}  // namespace plumbline
