#include <gtest/gtest.h>

#include "engine/reference/arithmetic/bounded.h"
#include "engine/reference/arithmetic/double.h"
#include "engine/reference/optimizers/update.h"

// What no installed framework does, worked out by hand from the formulas of dialect.h, and the
// conventions of constants. golden_test.cc has the optimizers of the frameworks.

namespace plumbline::reference {
namespace {

struct Taken {
  double weight, first, second;
};

// One weight, whose slots are given, after step t.
Taken step(const OptimizerSettings& settings, std::int64_t t, double w, double g, Taken slots) {
  slots.weight = updated(Double{}, settings, t, w, g, {slots.first, slots.second});
  return slots;
}

TEST(Optimizers, LeaveOutAdamsBiasCorrection) {
  OptimizerSettings adam{.kind = OptimizerKind::Adam,
                         .learning_rate = 0.5,
                         .beta_1 = 0.5,
                         .beta_2 = 0.75,
                         .epsilon = 0.5};
  adam.dialect.bias_correction = false;
  // m = 2, v = 4: 1 - 0.5 * 2 / (2 + 0.5), for both places of epsilon that then are one.
  EXPECT_DOUBLE_EQ(step(adam, 1, 1, 4, {}).weight, 1 - 0.4);
  adam.dialect.adam_epsilon = AdamEpsilon::EpsilonHat;
  EXPECT_DOUBLE_EQ(step(adam, 1, 1, 4, {}).weight, 1 - 0.4);
  adam.dialect.adam_epsilon = AdamEpsilon::InsideRoot;
  EXPECT_DOUBLE_EQ(step(adam, 1, 1, 4, {}).weight, 1 - 1 / std::sqrt(4.5));
}

TEST(Optimizers, HaveAdadeltasEpsilonAndLearningRateWhereTheDialectSays) {
  OptimizerSettings adadelta{
      .kind = OptimizerKind::Adadelta, .learning_rate = 0.5, .rho = 0.75, .epsilon = 1};
  // v = 0.25 * 16 = 4, s = 9 before. Inside: d = sqrt(10) / sqrt(5) * 4.
  const double inside = 4 * std::sqrt(2);
  const Taken zeiler = step(adadelta, 1, 1, 4, {0, 0, 9});
  EXPECT_DOUBLE_EQ(zeiler.weight, 1 - 0.5 * inside);
  EXPECT_DOUBLE_EQ(zeiler.first, 4);
  EXPECT_DOUBLE_EQ(zeiler.second, 0.75 * 9 + 0.25 * 32);
  // Outside: d = (3 + 1) / (2 + 1) * 4.
  adadelta.dialect.adadelta_epsilon = RootEpsilon::Outside;
  EXPECT_DOUBLE_EQ(step(adadelta, 1, 1, 4, {0, 0, 9}).weight, 1 - 0.5 * 16 / 3);
  // With the rate inside the weight moves as far, but s gathers (0.5 d)^2.
  adadelta.dialect = {};
  adadelta.dialect.rate_place = LearningRatePlace::Inside;
  const Taken scaled = step(adadelta, 1, 1, 4, {0, 0, 9});
  EXPECT_DOUBLE_EQ(scaled.weight, zeiler.weight);
  EXPECT_DOUBLE_EQ(scaled.second, 0.75 * 9 + 0.25 * 8);
}

TEST(Optimizers, DivideByAReciprocalRootAsByARootButFor0) {
  OptimizerSettings rmsprop{
      .kind = OptimizerKind::RmsProp, .learning_rate = 0.5, .rho = 0.75, .epsilon = 0};
  rmsprop.dialect.rmsprop_epsilon = RootEpsilon::Inside;
  EXPECT_DOUBLE_EQ(step(rmsprop, 1, 1, 4, {}).weight, 0);
  EXPECT_TRUE(std::isnan(step(rmsprop, 1, 1, 0, {}).weight));  // 0 / 0
  rmsprop.dialect.rmsprop_epsilon = RootEpsilon::Reciprocal;
  EXPECT_DOUBLE_EQ(step(rmsprop, 1, 1, 4, {}).weight, 0);
  EXPECT_EQ(step(rmsprop, 1, 1, 0, {}).weight, 1);
}

TEST(Optimizers, DampenTheFirstStepOrNot) {
  OptimizerSettings sgd{.kind = OptimizerKind::Sgd, .learning_rate = 0.5, .momentum = 0.5};
  sgd.dialect.dampening = 0.75;
  EXPECT_EQ(step(sgd, 1, 1, 4, {}).first, 4);
  EXPECT_EQ(step(sgd, 2, 1, 4, {0, 4, 0}).first, 0.5 * 4 + 0.25 * 4);
  sgd.dialect.first_step = FirstStep::Dampened;
  EXPECT_EQ(step(sgd, 1, 1, 4, {}).first, 1);
  EXPECT_EQ(step(sgd, 2, 1, 4, {0, 1, 0}).first, 0.5 * 1 + 0.25 * 4);
  sgd.momentum = 0;  // then there is no velocity, and nothing to dampen
  EXPECT_EQ(step(sgd, 2, 1, 4, {}).weight, -1);
}

TEST(Optimizers, DecayWeightsByNameUnlessTheDialectSays) {
  OptimizerSettings sgd{.kind = OptimizerKind::Sgd, .learning_rate = 0.5, .weight_decay = 0.25};
  const std::pair<WeightDecay, double> cases[] = {
      {WeightDecay::ByName, 8 - 0.5 * (4 + 2)},
      {WeightDecay::Coupled, 8 - 0.5 * (4 + 2)},
      {WeightDecay::Decoupled, 8 - 0.5 * 2 - 0.5 * 4},
      {WeightDecay::DecoupledUnscaled, 8 - 2 - 0.5 * 4},
  };
  for (const auto& [form, weight] : cases) {
    sgd.dialect.weight_decay = form;
    EXPECT_EQ(step(sgd, 1, 8, 4, {}).weight, weight);
  }
  OptimizerSettings adamw = sgd;
  adamw.kind = OptimizerKind::AdamW;
  adamw.epsilon = 1;
  adamw.dialect.weight_decay = WeightDecay::ByName;
  EXPECT_EQ(step(adamw, 1, 8, 0, {}).weight, 8 - 0.5 * 2);
}

// float32(0.999) is 16760439 / 2^24 and float32(1 - 0.999) is 8589935 / 2^33 (NumPy 2.4).
TEST(Constants, AreThoseOfTheConvention) {
  const Double a;
  EXPECT_EQ(Numbers(a, Constants::Exact).of(0.999), 0.999);
  EXPECT_EQ(Numbers(a, Constants::Exact).one_minus(0.999), 1 - 0.999);
  EXPECT_EQ(Numbers(a, Constants::DoubleThenCast).of(0.999), 16760439 * 0x1p-24);
  EXPECT_EQ(Numbers(a, Constants::DoubleThenCast).one_minus(0.999), 8589935 * 0x1p-33);
  EXPECT_EQ(Numbers(a, Constants::Float32).of(0.999), 16760439 * 0x1p-24);
  EXPECT_EQ(Numbers(a, Constants::Float32).one_minus(0.999), 1 - 16760439 * 0x1p-24);
}

TEST(Constants, LeaveNoRoomInABudgetOnceTheConventionIsKnown) {
  const BoundedArithmetic a;
  const Bounded any = Numbers(a, Constants::Exact).one_minus(0.999);
  const Bounded known = Numbers(a, Constants::Float32).one_minus(0.999);
  EXPECT_EQ(known.bound, 0);
  EXPECT_GT(any.bound, std::abs(any.value - known.value));
}

// 0.999^3 as NumPy 2.4 has it in float32: multiplied twice, and by powf.
TEST(BetaPowers, AreAccumulatedOrRaised) {
  EXPECT_EQ(float32_power(BetaPower::Float32, 0.999, 1), 0.999F);
  EXPECT_EQ(float32_power(BetaPower::Float32Accumulated, 0.999, 1), 0.999F);
  EXPECT_EQ(float32_power(BetaPower::Float32Accumulated, 0.999, 3), 0.9970030784606934F);
  EXPECT_EQ(float32_power(BetaPower::Float32, 0.999, 3), 0.9970030188560486F);
  OptimizerDialect dialect;
  EXPECT_EQ(bias_correction(Double{}, dialect, 0.5, 2), 0.75);
  dialect.beta_power = BetaPower::Float32;
  EXPECT_EQ(bias_correction(Double{}, dialect, 0.999, 1), 1 - 16760439 * 0x1p-24);
}

}  // namespace
}  // namespace plumbline::reference
