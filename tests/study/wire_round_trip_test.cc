#include <gtest/gtest.h>

#include <random>

#include "base/error.h"
#include "study/recipe_rules.h"
#include "study/wire.h"
#include "study/words.h"

namespace plumbline {
namespace {

using nlohmann::json;

// Draws valid networks and recipes; the seed is in every failure message.
class Drawing {
 public:
  explicit Drawing(unsigned seed) : engine_(seed) {}

  Network network() {
    Network network;
    network.input =
        chance() ? Shape{below(20) + 1, below(20) + 1, below(4) + 1} : Shape{below(50) + 1};
    const std::int64_t layers = below(12) + 1;
    while (static_cast<std::int64_t>(network.layers.size()) < layers) {
      try_to_add_layer(network);
    }
    return network;
  }

  Recipe recipe() {
    Recipe recipe;
    recipe.loss = kLossWords[index(kLossWords.size())].kind;
    recipe.optimizer = optimizer();
    recipe.batch = below(1000) + 1;
    (chance() ? recipe.steps : recipe.epochs) = below(1000) + 1;
    recipe.shuffle = chance();
    recipe.drop_last_batch = chance();
    if (chance()) {
      recipe.weights = chance() ? WeightsSource(initialiser()) : WeightsSource(Checkpoint{});
    }
    if (chance()) {
      recipe.biases = initialiser();
    }
    recipe.input_scaling = {fraction() + 0.1, fraction() - 0.5, fraction() + 0.1};
    return recipe;
  }

 private:
  bool chance() { return below(2) == 0; }
  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(engine_() % static_cast<unsigned>(end));
  }
  std::size_t index(std::size_t end) { return engine_() % end; }
  double fraction() { return std::uniform_real_distribution<double>(0.001, 0.999)(engine_); }
  std::optional<double> maybe() { return chance() ? std::optional(fraction()) : std::nullopt; }
  std::array<std::int64_t, 2> pair() { return {below(4) + 1, below(4) + 1}; }
  Padding padding() { return chance() ? Padding::Same : Padding::Valid; }

  Activation activation() {
    Activation activation;
    activation.kind = kActivationWords[index(kActivationWords.size())].kind;
    if (activation.kind == ActivationKind::LeakyRelu) {
      activation.slope = maybe();
    }
    if (activation.kind == ActivationKind::Gelu && chance()) {
      activation.approximate = chance();
    }
    return activation;
  }
  std::optional<Activation> maybe_activation() {
    return chance() ? std::optional(activation()) : std::nullopt;
  }

  Operation operation() {
    switch (below(12)) {
      case 0:
        return Conv2d{below(8) + 1, pair(), pair(), padding(), chance(), maybe_activation()};
      case 1:
        return MaxPool{pair(), pair(), padding()};
      case 2:
        return AveragePool{pair(), pair(), padding()};
      case 3:
        return GlobalAveragePool{};
      case 4:
        return Flatten{};
      case 5:
        return Dense{below(20) + 1, chance(), maybe_activation()};
      case 6:
        return Dropout{fraction()};
      case 7:
        return BatchNorm{maybe(), maybe()};
      case 8:
        return LayerNorm{maybe()};
      case 9:
        return Add{};
      case 10:
        return Concatenate{};
      default:
        return ActivationLayer{activation()};
    }
  }

  void try_to_add_layer(Network& network) {
    const std::string last = network.layers.empty() ? "input" : network.layers.back().name;
    Layer layer{"layer_" + std::to_string(network.layers.size()), operation(), {last}, {}};
    if (std::holds_alternative<Add>(layer.operation) ||
        std::holds_alternative<Concatenate>(layer.operation)) {
      layer.inputs.push_back(chance() ? "input" : last);
    }
    Network longer = network;
    longer.layers.push_back(std::move(layer));
    try {
      infer_shapes(longer);
      network = std::move(longer);
    } catch (const UsageError&) {
      return;  // a draw that does not fit is drawn again
    }
  }

  Optimizer optimizer() {
    Optimizer optimizer;
    optimizer.kind = kOptimizerWords[index(kOptimizerWords.size())].kind;
    for (const OptimizerNumber& number : numbers_of(optimizer.kind)) {
      optimizer.*number.member = maybe();
    }
    if (optimizer.kind == OptimizerKind::Sgd && chance()) {
      optimizer.nesterov = optimizer.momentum && chance();
    }
    return optimizer;
  }

  Initialiser initialiser() {
    Initialiser initialiser;
    initialiser.kind = kInitialiserWords[index(kInitialiserWords.size())].kind;
    for (const InitialiserNumber& number : numbers_of(initialiser.kind)) {
      initialiser.*number.member = fraction();
    }
    return initialiser;
  }

  std::mt19937 engine_;
};

TEST(WireRoundTripTest, a_network_comes_back_from_the_wire_as_it_went) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    const Network network = Drawing(seed).network();
    const std::string wire = to_wire(network).dump();
    const Network back = network_from_wire(json::parse(wire));
    ASSERT_EQ(to_wire(back).dump(), wire) << "seed " << seed;
    ASSERT_EQ(parameters(back).size(), parameters(network).size()) << "seed " << seed;
  }
}

TEST(WireRoundTripTest, a_recipe_comes_back_from_the_wire_as_it_went) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    const Recipe recipe = Drawing(seed).recipe();
    const std::string wire = to_wire(recipe).dump();
    const Recipe back = recipe_from_wire(json::parse(wire));
    ASSERT_EQ(to_wire(back).dump(), wire) << "seed " << seed;
    ASSERT_EQ(back.optimizer.learning_rate, recipe.optimizer.learning_rate) << "seed " << seed;
    ASSERT_EQ(back.weights.index(), recipe.weights.index()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace plumbline
