#include "engine/defaults.h"

#include <gtest/gtest.h>

#include "engine/reference/networks.h"

namespace plumbline {
namespace {

struct OptimizerCase {
  OptimizerKind kind;
  double learning_rate, beta_1, beta_2, rho, epsilon, weight_decay;
};

TEST(Defaults, FillInWhatARecipeLeavesOut) {
  const OptimizerCase cases[] = {
      {OptimizerKind::Sgd, 0.01, 0, 0, 0, 0, 0},
      {OptimizerKind::Adam, 1e-3, 0.9, 0.999, 0, 1e-8, 0},
      {OptimizerKind::AdamW, 1e-3, 0.9, 0.999, 0, 1e-8, 0.01},
      {OptimizerKind::RmsProp, 1e-3, 0, 0, 0.9, 1e-8, 0},
      {OptimizerKind::Adagrad, 0.01, 0, 0, 0, 1e-10, 0},
      {OptimizerKind::Adadelta, 1, 0, 0, 0.95, 1e-6, 0},
  };
  for (const OptimizerCase& c : cases) {
    Recipe recipe;
    recipe.optimizer.kind = c.kind;
    const OptimizerSettings settings = resolve(recipe, {}).optimizer;
    EXPECT_EQ(settings.kind, c.kind);
    EXPECT_EQ(settings.learning_rate, c.learning_rate);
    EXPECT_EQ(settings.beta_1, c.beta_1);
    EXPECT_EQ(settings.beta_2, c.beta_2);
    EXPECT_EQ(settings.rho, c.rho);
    EXPECT_EQ(settings.epsilon, c.epsilon);
    EXPECT_EQ(settings.weight_decay, c.weight_decay);
    EXPECT_EQ(settings.momentum, 0);
    EXPECT_FALSE(settings.nesterov);
    EXPECT_EQ(settings.initial_accumulator, 0);
    EXPECT_EQ(settings.dialect, OptimizerDialect{});
  }
}

TEST(Defaults, NeverReplaceWhatARecipeSays) {
  Recipe recipe;
  recipe.loss = Loss::MeanSquaredError;
  recipe.optimizer = {.kind = OptimizerKind::AdamW,
                      .learning_rate = 0.5,
                      .momentum = 0.25,
                      .nesterov = true,
                      .beta_1 = 0.125,
                      .beta_2 = 0.0,
                      .rho = 0.75,
                      .epsilon = 0.0,
                      .initial_accumulator = 0.1,
                      .weight_decay = 0.0};
  const Settings settings = resolve(recipe, {});
  EXPECT_EQ(settings.loss, Loss::MeanSquaredError);
  EXPECT_EQ(settings.optimizer.learning_rate, 0.5);
  EXPECT_EQ(settings.optimizer.momentum, 0.25);
  EXPECT_TRUE(settings.optimizer.nesterov);
  EXPECT_EQ(settings.optimizer.beta_1, 0.125);
  EXPECT_EQ(settings.optimizer.beta_2, 0);
  EXPECT_EQ(settings.optimizer.rho, 0.75);
  EXPECT_EQ(settings.optimizer.epsilon, 0);
  EXPECT_EQ(settings.optimizer.initial_accumulator, 0.1);
  EXPECT_EQ(settings.optimizer.weight_decay, 0);
}

TEST(Defaults, FillInWhatALayerLeavesOutAndNoActivationWhereNoneWasAsked) {
  const Activation leaky{ActivationKind::LeakyRelu, {}, {}};
  const Activation gelu{ActivationKind::Gelu, {}, {}};
  const Network network = resolve({},
                                  chain({4, 4, 1},
                                        {Conv2d{2, {1, 1}, {1, 1}, Padding::Same, true, leaky},
                                         BatchNorm{},
                                         LayerNorm{0.5},
                                         ActivationLayer{gelu},
                                         Flatten{},
                                         Dense{3, true, {}}}))
                              .network;
  EXPECT_EQ(std::get<Conv2d>(network.layers[0].operation).activation->slope, 0.01);
  EXPECT_EQ(std::get<BatchNorm>(network.layers[1].operation).momentum, 0.9);
  EXPECT_EQ(std::get<BatchNorm>(network.layers[1].operation).epsilon, 1e-5);
  EXPECT_EQ(std::get<LayerNorm>(network.layers[2].operation).epsilon, 0.5);
  EXPECT_EQ(std::get<ActivationLayer>(network.layers[3].operation).activation.approximate, false);
  EXPECT_FALSE(std::get<Dense>(network.layers[5].operation).activation.has_value());
}

}  // namespace
}  // namespace plumbline
