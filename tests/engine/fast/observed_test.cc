#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "engine/fast/comparison.h"
#include "engine/fast/fast_trainer.h"
#include "engine/fast/separated.h"
#include "engine/reference/trainer.h"

namespace plumbline::testing {
namespace {

using ::testing::HasSubstr;

Layer layer(Operation operation) {
  return {.name = "", .operation = std::move(operation), .inputs = {}, .output_shape = {}};
}

const Activation kRelu{ActivationKind::Relu, {}, {}};

// What the fast engine joins when it is not observed, with a dropout before the first weight.
Network network() {
  return chain(
      {6, 6, 2},
      {layer(Dropout{0.25}),
       layer(Conv2d{.filters = 4, .kernel = {3, 3}, .padding = Padding::Same, .activation = kRelu}),
       layer(MaxPool{{2, 2}, {2, 2}, Padding::Valid}),
       layer(BatchNorm{}),
       layer(Flatten{}),
       layer(Dense{.units = 8, .activation = Activation{ActivationKind::Tanh, {}, {}}}),
       layer(Dense{.units = 5, .activation = {}})});
}

Example example() {
  std::mt19937 random(3);
  Recipe recipe;
  recipe.optimizer.kind = OptimizerKind::Sgd;
  recipe.optimizer.learning_rate = 0.1;
  recipe.optimizer.momentum = 0.9;
  return make_example(network(), recipe, 4, random);
}

double relative_error(const Tensor& found, const Tensor& expected) {
  double error = 0;
  double size = 0;
  for (std::size_t i = 0; i < found.as<float>().size(); ++i) {
    const double wanted = expected.as<double>()[i];
    error += std::pow(static_cast<double>(found.as<float>()[i]) - wanted, 2);
    size += wanted * wanted;
  }
  return size == 0 ? std::sqrt(error) : std::sqrt(error / size);
}

TEST(ObservedTrainer, TellsOfTwoStepsWhatTheReferenceComputes) {
  const Example given = example();
  const auto fast = make_fast_trainer(given.settings, 4, {.observed = true});
  const auto reference = reference::make_trainer(given.settings);
  fast->set_state(given.state);
  reference->set_state(given.state);
  for (int step = 1; step <= 2; ++step) {
    const TensorMap found = fast->observed_step(given.batch());
    for (const auto& [name, expected] : reference->observed_step(given.batch())) {
      if (name.starts_with("before/") || name.starts_with("after/") || name == "step" ||
          (step == 1 && name.starts_with("slot_before/"))) {
        continue;
      }
      SCOPED_TRACE(name);
      ASSERT_TRUE(found.contains(name));
      ASSERT_EQ(found.at(name).shape(), expected.shape());
      // Float32 rounds to 6e-8; sums and layers add up to some ten times that here.
      EXPECT_LT(relative_error(found.at(name), expected), 1e-5);
    }
    EXPECT_EQ(found.at("step").as<std::int64_t>()[0], step);
  }
}

TEST(ObservedTrainer, PredictsWithTheOutputsOfAllOperations) {
  const Example given = example();
  const auto trainer = make_fast_trainer(given.settings, 4, {.observed = true});
  trainer->set_state(given.state);
  const TensorMap found = trainer->observed_predict(given.inputs);
  const Tensor outputs = trainer->predict(given.inputs);
  EXPECT_TRUE(std::ranges::equal(
      found.at("out/" + given.settings.network.layers.back().name).bytes(), outputs.bytes()));
  EXPECT_TRUE(found.contains("out/" + given.settings.network.layers[1].name + "/linear"));
}

TEST(ObservedTrainer, IsMadeSoOrRefuses) {
  const Example given = example();
  const auto trainer = make_fast_trainer(given.settings, 4);
  trainer->set_state(given.state);
  try {
    (void)trainer->observed_step(given.batch());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("not made to be observed"));
  }
}

TEST(Separated, EveryActivationIsALayerThatAllReadersRead) {
  const Network given = network();
  const Network found = fast::separated(given);
  ASSERT_EQ(found.layers.size(), given.layers.size() + 2);
  const std::string conv = given.layers[1].name;
  EXPECT_EQ(found.layers[1].name, conv);
  EXPECT_FALSE(std::get<Conv2d>(found.layers[1].operation).activation);
  EXPECT_EQ(found.layers[2].inputs, std::vector<std::string>{conv});
  EXPECT_EQ(found.layers[3].inputs, std::vector<std::string>{found.layers[2].name});
  EXPECT_EQ(fast::node_name(found, found.layers[1].name), conv + "/linear");
  EXPECT_EQ(fast::node_name(found, found.layers[2].name), conv);
  EXPECT_EQ(fast::node_name(found, found.layers[3].name), given.layers[2].name);
  EXPECT_EQ(parameters(found).size(), parameters(given).size());
}

}  // namespace
}  // namespace plumbline::testing
