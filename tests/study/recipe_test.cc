#include "study/recipe.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "study/recipe_rules.h"

namespace plumbline {
namespace {

TEST(RecipeTest, counts_steps_with_and_without_the_last_batch) {
  struct Case {
    std::int64_t images;
    std::int64_t batch;
    bool drop;
    std::int64_t expected;
  };
  const std::vector<Case> cases{{6000, 50, false, 120},
                                {6000, 50, true, 120},
                                {6001, 50, false, 121},
                                {6001, 50, true, 120},
                                {49, 50, false, 1},
                                {49, 50, true, 0},
                                {0, 50, false, 0}};
  for (const Case& test : cases) {
    Recipe recipe;
    recipe.batch = test.batch;
    recipe.drop_last_batch = test.drop;
    recipe.epochs = 3;
    EXPECT_EQ(steps_per_epoch(recipe, test.images), test.expected) << test.images;
    EXPECT_EQ(total_steps(recipe, test.images), 3 * test.expected) << test.images;
  }
}

TEST(RecipeTest, takes_stated_steps_as_they_are) {
  Recipe recipe;
  recipe.batch = 50;
  recipe.steps = 20000;
  EXPECT_EQ(total_steps(recipe, 60000), 20000);
}

TEST(RecipeTest, needs_a_batch_and_a_length) {
  Recipe recipe;
  EXPECT_THROW(static_cast<void>(steps_per_epoch(recipe, 10)), Error);
  recipe.batch = 5;
  EXPECT_THROW(static_cast<void>(total_steps(recipe, 10)), Error);
}

TEST(RecipeTest, has_a_word_for_every_kind) {
  EXPECT_STREQ(loss_name(Loss::MeanSquaredError), "mean_squared_error");
  EXPECT_STREQ(optimizer_name(OptimizerKind::AdamW), "adamw");
  EXPECT_STREQ(initialiser_name(InitialiserKind::LecunNormal), "lecun_normal");
}

TEST(RecipeTest, knows_the_numbers_of_each_optimizer_and_their_ranges) {
  struct Case {
    OptimizerKind kind;
    std::vector<std::pair<std::string, NumberRange>> expected;
  };
  const std::vector<Case> cases{
      {OptimizerKind::Sgd,
       {{"learning_rate", kAboveZero}, {"momentum", kFraction}, {"weight_decay", kFromZero}}},
      {OptimizerKind::Adam,
       {{"learning_rate", kAboveZero},
        {"beta_1", kFraction},
        {"beta_2", kFraction},
        {"epsilon", kFromZero},
        {"weight_decay", kFromZero}}},
      {OptimizerKind::AdamW,
       {{"learning_rate", kAboveZero},
        {"beta_1", kFraction},
        {"beta_2", kFraction},
        {"epsilon", kFromZero},
        {"weight_decay", kFromZero}}},
      {OptimizerKind::RmsProp,
       {{"learning_rate", kAboveZero},
        {"momentum", kFraction},
        {"rho", kFraction},
        {"epsilon", kFromZero},
        {"weight_decay", kFromZero}}},
      {OptimizerKind::Adagrad,
       {{"learning_rate", kAboveZero},
        {"epsilon", kFromZero},
        {"initial_accumulator", kFromZero},
        {"weight_decay", kFromZero}}},
      {OptimizerKind::Adadelta,
       {{"learning_rate", kAboveZero},
        {"rho", kFraction},
        {"epsilon", kFromZero},
        {"weight_decay", kFromZero}}},
  };
  for (const Case& test : cases) {
    const auto numbers = numbers_of(test.kind);
    ASSERT_EQ(numbers.size(), test.expected.size()) << optimizer_name(test.kind);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      EXPECT_EQ(numbers[i].name, test.expected[i].first) << optimizer_name(test.kind);
      EXPECT_EQ(numbers[i].range.to_string(), test.expected[i].second.to_string())
          << optimizer_name(test.kind) << " " << numbers[i].name;
    }
  }
}

TEST(RecipeTest, ranges_hold_their_ends_as_they_say) {
  EXPECT_FALSE(kAboveZero.contains(0));
  EXPECT_TRUE(kAboveZero.contains(1e-300));
  EXPECT_TRUE(kFromZero.contains(0));
  EXPECT_TRUE(kFraction.contains(0));
  EXPECT_FALSE(kFraction.contains(1));
  for (const NumberRange& range : {kAnyNumber, kAboveZero, kFromZero, kFraction}) {
    EXPECT_FALSE(range.contains(std::numeric_limits<double>::infinity()));
    EXPECT_FALSE(range.contains(std::numeric_limits<double>::quiet_NaN()));
  }
}

}  // namespace
}  // namespace plumbline
