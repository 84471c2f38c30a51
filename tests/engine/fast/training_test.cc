#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "engine/dialect_words.h"
#include "engine/fast/comparison.h"
#include "engine/fast/fast_trainer.h"
#include "engine/reference/random_network.h"
#include "engine/reference/trainer.h"

namespace plumbline::testing {
namespace {

Layer layer(Operation operation) {
  return {.name = "", .operation = std::move(operation), .inputs = {}, .output_shape = {}};
}

const Activation kRelu{ActivationKind::Relu, {}, {}};

// The paper's CNN, an eighth as wide.
Network small_cnn() {
  return chain(
      {12, 12, 1},
      {layer(Conv2d{.filters = 4, .kernel = {5, 5}, .padding = Padding::Same, .activation = kRelu}),
       layer(MaxPool{{2, 2}, {2, 2}, Padding::Valid}),
       layer(Conv2d{.filters = 8, .kernel = {5, 5}, .padding = Padding::Same, .activation = kRelu}),
       layer(MaxPool{{2, 2}, {2, 2}, Padding::Valid}),
       layer(Flatten{}),
       layer(Dense{.units = 32, .activation = kRelu}),
       layer(Dropout{0.5}),
       layer(Dense{.units = 10, .activation = {}})});
}

struct OptimizerCase {
  const char* name;
  Optimizer optimizer;
};

std::ostream& operator<<(std::ostream& out, const OptimizerCase& each) {
  return out << each.name;
}

Optimizer optimizer(OptimizerKind kind, double learning_rate) {
  Optimizer made;
  made.kind = kind;
  made.learning_rate = learning_rate;
  return made;
}

std::vector<OptimizerCase> optimizer_cases() {
  std::vector<OptimizerCase> cases{
      {"sgd", optimizer(OptimizerKind::Sgd, 0.1)},
      {"momentum", optimizer(OptimizerKind::Sgd, 0.1)},
      {"nesterov", optimizer(OptimizerKind::Sgd, 0.1)},
      {"adam", optimizer(OptimizerKind::Adam, 0.01)},
      {"adam_with_decay", optimizer(OptimizerKind::Adam, 0.01)},
      {"adamw", optimizer(OptimizerKind::AdamW, 0.01)},
      {"rmsprop", optimizer(OptimizerKind::RmsProp, 0.01)},
      {"rmsprop_with_momentum", optimizer(OptimizerKind::RmsProp, 0.01)},
      {"adagrad", optimizer(OptimizerKind::Adagrad, 0.01)},
      {"adadelta", optimizer(OptimizerKind::Adadelta, 1.0)}};
  cases[1].optimizer.momentum = 0.9;
  cases[2].optimizer.momentum = 0.9;
  cases[2].optimizer.nesterov = true;
  cases[2].optimizer.weight_decay = 0.01;
  cases[4].optimizer.weight_decay = 0.05;
  cases[5].optimizer.weight_decay = 0.1;
  cases[7].optimizer.momentum = 0.5;
  cases[8].optimizer.initial_accumulator = 0.1;
  return cases;
}

// How far a trainer's weights are from the oracle's, over how far the oracle's have come.
double relative_error(const TensorMap& found, const TensorMap& expected, const TensorMap& start) {
  double change = 0;
  double error = 0;
  for (const auto& [name, tensor] : expected) {
    for (std::size_t i = 0; i < tensor.as<float>().size(); ++i) {
      const double to = tensor.as<float>()[i];
      change += std::pow(to - start.at(name).as<float>()[i], 2);
      error += std::pow(to - found.at(name).as<float>()[i], 2);
    }
  }
  return std::sqrt(error / change);
}

// Of a weight's whole change over some steps, how far the float32 engine may be from the oracle:
// rounding makes a step's gradient uncertain by some 1e-5 of itself, and the normalising optimizers
// pass that on. A wrong formula is off by 1e-2.
void expect_to_follow_the_oracle(Example example) {
  for (const Variant& variant : variants()) {
    SCOPED_TRACE(variant_name(variant));
    const fast::ForcedInstructionSet forced(variant.instruction_set);
    const auto fast = make_fast_trainer(example.settings, 6, {variant.kernels});
    const auto oracle = reference::make_trainer(example.settings);
    fast->set_state(example.state);
    oracle->set_state(example.state);
    std::mt19937 random(8);
    for (const std::int64_t batch : {6, 6, 1, 6, 4}) {  // ragged ones among them
      draw_batch(example, batch, random);
      const double expected = oracle->step(example.batch());
      EXPECT_NEAR(fast->step(example.batch()), expected, 1e-5 * expected);
    }
    EXPECT_LT(relative_error(fast->state(), oracle->state(), example.state), 1e-4);
  }
}

Example small_example(const Optimizer& optimizer) {
  Recipe recipe;
  recipe.optimizer = optimizer;
  if (optimizer.kind != OptimizerKind::Sgd) {
    recipe.optimizer.epsilon = 1e-3;
  }
  std::mt19937 random(7);
  return make_example(small_cnn(), recipe, 6, random);
}

class FastOptimizers : public ::testing::TestWithParam<OptimizerCase> {};

TEST_P(FastOptimizers, FollowsTheOracleOverSomeSteps) {
  expect_to_follow_the_oracle(small_example(GetParam().optimizer));
}

INSTANTIATE_TEST_SUITE_P(All,
                         FastOptimizers,
                         ::testing::ValuesIn(optimizer_cases()),
                         [](const auto& each) { return std::string(each.param.name); });

// Every alternative of every switch of an optimizer, one at a time.
TEST(FastDialects, EveryMeaningOfAnOptimizerIsTheOracles) {
  for (const OptimizerCase& each : optimizer_cases()) {
    SCOPED_TRACE(each.name);
    Example example = small_example(each.optimizer);
    example.settings.optimizer.dialect.dampening =
        example.settings.optimizer.kind == OptimizerKind::Sgd ? 0.3 : 0;
    for (const DialectSwitch& entry : dialect_switches()) {
      if (entry.in_optimizer == nullptr || !entry.in_optimizer(example.settings.optimizer)) {
        continue;
      }
      for (std::size_t i = 0; i < entry.words.size(); ++i) {
        SCOPED_TRACE(std::string(entry.name) + " = " + entry.words[i]);
        Example changed = example;
        entry.choose(changed.settings, i);
        expect_to_follow_the_oracle(changed);
      }
    }
  }
}

// A batch_norm and a padded average pool, for switches that the engine knows of layers.
Network normalised() {
  return chain({7, 7, 2},
               {layer(Conv2d{.filters = 3, .kernel = {3, 3}, .activation = {}}),
                layer(BatchNorm{.momentum = 0.7, .epsilon = 1e-2}),
                layer(AveragePool{{2, 2}, {2, 2}, Padding::Same}),
                layer(Flatten{}),
                layer(Dense{.units = 4, .activation = {}})});
}

TEST(FastDialects, AMeaningOfALayerOrALossIsTheOraclesOrIsRefused) {
  Recipe recipe;
  recipe.optimizer = optimizer(OptimizerKind::Sgd, 0.1);
  int known = 0;
  int refused = 0;
  for (const Network& network : {small_cnn(), normalised()}) {
    std::mt19937 random(29);
    const Example example = make_example(network, recipe, 6, random);
    for (const DialectSwitch& entry : dialect_switches()) {
      for (std::size_t i = 1; entry.in_optimizer == nullptr && i < entry.words.size(); ++i) {
        SCOPED_TRACE(std::string(entry.name) + " = " + entry.words[i]);
        Example changed = example;
        entry.choose(changed.settings, i);
        try {
          (void)make_fast_trainer(changed.settings, 6);
        } catch (const Error& error) {
          EXPECT_NE(std::string(error.what()).find(entry.words[i]), std::string::npos);
          ++refused;
          continue;
        }
        expect_to_follow_the_oracle(changed);
        ++known;
      }
    }
  }
  EXPECT_GT(known, 5);
  EXPECT_GT(refused, 5);
}

TEST(FastTrainer, OneStepOfARandomNetworkIsWithinItsBudget) {
  Recipe recipe;
  recipe.optimizer.learning_rate = 1.0;
  expect_agreement(40, [&](int seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    return make_example(random_network(random), recipe, 3, random);
  });
}

TEST(FastTrainer, OneStepOfTheSmallCnnIsWithinItsBudget) {
  std::mt19937 random(3);
  Recipe recipe;
  recipe.optimizer.learning_rate = 1.0;
  EXPECT_TRUE(expect_agreement(make_example(small_cnn(), recipe, 3, random)));
}

TEST(FastTrainer, TheSameCallsGiveTheSameBits) {
  std::mt19937 random(11);
  Recipe recipe;
  recipe.optimizer = optimizer(OptimizerKind::Adam, 1e-3);
  Example example = make_example(small_cnn(), recipe, 17, random);
  const auto train = [&] {
    const auto trainer = make_fast_trainer(example.settings, 17);
    trainer->set_state(example.state);
    for (int i = 0; i < 5; ++i) {
      trainer->step(example.batch());
    }
    return trainer->state();
  };
  const TensorMap first = train();
  for (const auto& [name, tensor] : train()) {
    EXPECT_TRUE(std::ranges::equal(tensor.bytes(), first.at(name).bytes())) << name;
  }
}

TEST(FastTrainer, GivesOutTheStateThatItWasGiven) {
  std::mt19937 random(13);
  const Example example = make_example(small_cnn(), Recipe{}, 2, random);
  const auto trainer = make_fast_trainer(example.settings, 2);
  trainer->set_state(example.state);
  const TensorMap state = trainer->state();
  ASSERT_EQ(state.size(), example.state.size());
  for (const auto& [name, tensor] : state) {
    EXPECT_TRUE(std::ranges::equal(tensor.bytes(), example.state.at(name).bytes())) << name;
  }
}

TEST(FastTrainer, ANewStateForgetsWhatTheOptimizerRemembered) {
  std::mt19937 random(17);
  Recipe recipe;
  recipe.optimizer = optimizer(OptimizerKind::Adam, 1e-2);
  const Example example = make_example(small_cnn(), recipe, 2, random);
  const auto trainer = make_fast_trainer(example.settings, 2);
  trainer->set_state(example.state);
  trainer->step(example.batch());
  const TensorMap once = trainer->state();
  trainer->set_state(example.state);
  trainer->step(example.batch());
  for (const auto& [name, tensor] : trainer->state()) {
    EXPECT_TRUE(std::ranges::equal(tensor.bytes(), once.at(name).bytes())) << name;
  }
}

// The message of the Error that `call` throws, or nothing.
template <typename Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(FastTrainer, SaysWhatIsWrongWithWhatItIsGiven) {
  std::mt19937 random(19);
  const Example example = make_example(small_cnn(), Recipe{}, 2, random);
  const auto trainer = make_fast_trainer(example.settings, 2);
  EXPECT_NE(error_of([&] { trainer->step(example.batch()); }).find("set_state"), std::string::npos);

  TensorMap state = example.state;
  state.erase("dense_7/bias");
  EXPECT_NE(error_of([&] { trainer->set_state(state); }).find("dense_7/bias"), std::string::npos);
  state.emplace("dense_7/bias", Tensor(DType::F32, {11}));
  EXPECT_NE(error_of([&] { trainer->set_state(state); }).find("(11)"), std::string::npos);
  state = example.state;
  state.emplace("dense_8/bias", Tensor(DType::F32, {1}));
  EXPECT_NE(error_of([&] { trainer->set_state(state); }).find("dense_8/bias"), std::string::npos);

  trainer->set_state(example.state);
  Batch batch = example.batch();
  batch.masks.clear();
  EXPECT_NE(error_of([&] { trainer->step(batch); }).find("dropout_6"), std::string::npos);
  const std::vector<std::int64_t> labels{0, 10};
  batch = {example.inputs, labels, example.masks};
  EXPECT_NE(error_of([&] { trainer->step(batch); }).find("label 10"), std::string::npos);
  EXPECT_NE(error_of([&] {
              (void)trainer->predict(Tensor(DType::F32, {2, 11, 12, 1}));
            }).find("(2, 11, 12, 1)"),
            std::string::npos);
}

TEST(FastTrainer, RefusesANetworkWhoseOutputIsAnImage) {
  const Network network = chain({4, 4, 1}, {layer(Flatten{})});
  EXPECT_NO_THROW((void)make_fast_trainer(resolve(Recipe{}, network), 1));
  const Network image = chain({4, 4, 1}, {layer(MaxPool{{2, 2}, {2, 2}, Padding::Valid})});
  EXPECT_NE(
      error_of([&] { (void)make_fast_trainer(resolve(Recipe{}, image), 1); }).find("max_pool_0"),
      std::string::npos);
}

}  // namespace
}  // namespace plumbline::testing
