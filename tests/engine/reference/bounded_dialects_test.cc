#include <gtest/gtest.h>

#include "engine/dialect_words.h"
#include "engine/reference/float32_cloud.h"
#include "engine/reference/random_network.h"

// The budgets hold in every dialect, as bounded_test.cc shows of the default one.

namespace plumbline::reference {
namespace {

TEST(BoundedDialects, HoldForRandomNetworksInRandomDialects) {
  Ratios ratios;
  for (std::uint32_t seed = 200; seed < 230; ++seed) {
    std::mt19937 random(seed);
    Ratios of_one;
    take_step(random_settings(random_network(random), random), random, of_one);
    EXPECT_LE(of_one.worst(), 1) << "std::mt19937 seed " << seed;
  }
}

std::vector<OptimizerSettings> optimizers() {
  return {
      {.kind = OptimizerKind::Sgd, .learning_rate = 0.1, .weight_decay = 0.01},
      {.kind = OptimizerKind::Sgd,
       .learning_rate = 0.1,
       .momentum = 0.9,
       .nesterov = true,
       .weight_decay = 0.01,
       .dialect = {.dampening = 0.3}},
      {.kind = OptimizerKind::Adam,
       .learning_rate = 1e-3,
       .beta_1 = 0.9,
       .beta_2 = 0.999,
       .epsilon = 1e-8},
      {.kind = OptimizerKind::AdamW,
       .learning_rate = 1e-3,
       .beta_1 = 0.9,
       .beta_2 = 0.999,
       .epsilon = 1e-8,
       .weight_decay = 0.01},
      {.kind = OptimizerKind::RmsProp,
       .learning_rate = 1e-3,
       .momentum = 0.5,
       .rho = 0.9,
       .epsilon = 1e-8},
      {.kind = OptimizerKind::Adagrad,
       .learning_rate = 0.01,
       .epsilon = 1e-10,
       .initial_accumulator = 0.1},
      {.kind = OptimizerKind::Adadelta, .learning_rate = 1, .rho = 0.95, .epsilon = 1e-6},
  };
}

template <typename Value>
Array<Value> widened(const Array<float>& values) {
  Array<Value> wide(values.shape());
  for (std::int64_t e = 0; e < values.size(); ++e) {
    if constexpr (std::is_same_v<Value, Bounded>) {
      wide(e).value = static_cast<double>(values(e));
    } else {
      wide(e) = values(e);
    }
  }
  return wide;
}

// Three steps of 2,000 weights, float32 beside its budget.
Ratios ratios_of(const OptimizerSettings& settings) {
  const BoundedArithmetic bounded;
  const Float32 legal{Float32Dialect{}};
  std::mt19937 random(9);
  std::normal_distribution<float> normal(0, 1e-3F);
  const auto draw = [&](float scale) {
    Array<float> values({2000});
    std::generate(
        values.values().begin(), values.values().end(), [&] { return scale * normal(random); });
    return values;
  };
  Ratios ratios;
  Array<float> found = draw(100);
  Array<Bounded> expected = widened<Bounded>(found);
  auto found_slots = initial_slots(legal, settings, found.shape());
  auto expected_slots = initial_slots(bounded, settings, found.shape());
  for (std::int64_t t = 1; t <= 3; ++t) {
    const Array<float> g = draw(1);
    found = updated(legal, settings, t, found, g, found_slots);
    expected = updated(bounded, settings, t, expected, widened<Bounded>(g), expected_slots);
    ratios.take(expected, found);
    ratios.take(expected_slots.first, found_slots.first);
    ratios.take(expected_slots.second, found_slots.second);
  }
  return ratios;
}

TEST(BoundedDialects, HoldForEveryOptimizerInEveryDialectOverThreeSteps) {
  for (const OptimizerSettings& optimizer : optimizers()) {
    for (const DialectSwitch& entry : dialect_switches()) {
      if (entry.in_optimizer == nullptr || !entry.in_optimizer(optimizer)) {
        continue;
      }
      for (std::size_t word = 0; word < entry.words.size(); ++word) {
        Settings settings;
        settings.optimizer = optimizer;
        entry.choose(settings, word);
        EXPECT_LE(ratios_of(settings.optimizer).worst(), 1)
            << optimizer_name(optimizer.kind) << ", " << entry.name << ": " << entry.words[word];
      }
    }
  }
}

// One step of Adam from nothing: its second moment and its weight tell the convention.
TEST(BoundedDialects, LetNoConventionOfConstantsPassForAnother) {
  OptimizerSettings asked = optimizers()[2];
  OptimizerSettings other = asked;
  asked.dialect.constants = Constants::DoubleThenCast;
  other.dialect.constants = Constants::Float32;
  const BoundedArithmetic bounded;
  const Float32 legal{Float32Dialect{}};
  Bounded m, v;
  float other_m = 0;
  float other_v = 0;
  const float g = 1e-3F;
  const Bounded w = updated(bounded, asked, 1, Bounded{}, {static_cast<double>(g), 0}, {m, v});
  const float other_w = updated(legal, other, 1, 0.0F, g, {other_m, other_v});
  EXPECT_GT(std::abs(static_cast<double>(other_v) - v.value), 20 * v.bound);
  EXPECT_GT(std::abs(static_cast<double>(other_w) - w.value), w.bound);
}

}  // namespace
}  // namespace plumbline::reference
