#include <gtest/gtest.h>

#include <functional>

#include "engine/fast/comparison.h"

// Each test draws networks around one operation from a seed that is printed when it fails. A
// trainable layer stands before the operation, so that its gradient by the input is seen too, and
// the whole step is held against the oracle's budget.
namespace plumbline::testing {
namespace {

constexpr int kDraws = 10;

std::int64_t pick(std::mt19937& random, std::initializer_list<std::int64_t> choices) {
  return *(choices.begin() + random() % choices.size());
}

Layer layer(Operation operation) {
  return {.name = "", .operation = std::move(operation), .inputs = {}, .output_shape = {}};
}

Layer pointwise_conv2d(std::mt19937& random) {
  return layer(
      Conv2d{.filters = pick(random, {1, 3, 16, 17, 33}), .kernel = {1, 1}, .activation = {}});
}

Padding pick_padding(std::mt19937& random) {
  return random() % 2 == 0 ? Padding::Valid : Padding::Same;
}

std::array<std::int64_t, 2> pick_pair(std::mt19937& random,
                                      std::initializer_list<std::int64_t> choices) {
  const std::int64_t vertical = pick(random, choices);
  return {vertical, pick(random, choices)};
}

Shape pick_image(std::mt19937& random) {
  const std::int64_t height = pick(random, {5, 6, 7, 9});
  const std::int64_t width = pick(random, {5, 6, 8, 11});
  return {height, width, pick(random, {1, 2, 3, 16, 19})};
}

// Plain descent with a rate of 1: a weight's change is its gradient.
Recipe plain_descent(Loss loss = Loss::SoftmaxCrossEntropy) {
  Recipe recipe;
  recipe.loss = loss;
  recipe.optimizer.learning_rate = 1.0;
  return recipe;
}

using Middle = std::function<std::vector<Layer>(std::mt19937&)>;

// image -> 1 by 1 convolution -> the middle -> flatten -> dense.
Example image_example(std::mt19937& random, const Middle& middle) {
  const Shape image = pick_image(random);
  std::vector<Layer> layers{pointwise_conv2d(random)};
  for (Layer& each : middle(random)) {
    layers.push_back(std::move(each));
  }
  layers.push_back(layer(Flatten{}));
  layers.push_back(layer(Dense{.units = pick(random, {2, 3, 10}), .activation = {}}));
  return make_example(
      chain(image, std::move(layers)), plain_descent(), pick(random, {1, 2, 3, 5}), random);
}

// features -> dense -> the middle -> dense.
Example feature_example(std::mt19937& random, const Middle& middle, Loss loss) {
  std::vector<Layer> layers{layer(Dense{.units = pick(random, {1, 7, 16, 33}), .activation = {}})};
  for (Layer& each : middle(random)) {
    layers.push_back(std::move(each));
  }
  layers.push_back(layer(Dense{.units = pick(random, {2, 3, 10}), .activation = {}}));
  return make_example(chain({pick(random, {1, 5, 24})}, std::move(layers)),
                      plain_descent(loss),
                      pick(random, {2, 3, 7}),
                      random);
}

template <typename Draw>
void compare(unsigned first_seed, const Draw& draw) {
  SCOPED_TRACE("seeds from " + std::to_string(first_seed));
  expect_agreement(kDraws, [&](int i) {
    std::mt19937 random(first_seed + static_cast<unsigned>(i));
    return draw(random);
  });
}

void compare_on_images(unsigned first_seed, const Middle& middle) {
  compare(first_seed, [&](std::mt19937& random) { return image_example(random, middle); });
}

void compare_on_features(unsigned first_seed,
                         const Middle& middle,
                         Loss loss = Loss::SoftmaxCrossEntropy) {
  compare(first_seed, [&](std::mt19937& random) { return feature_example(random, middle, loss); });
}

std::vector<Layer> one(Operation operation) {
  return {layer(std::move(operation))};
}

TEST(FastOperations, AConvolutionOfAnyShapeIsWithinItsBudget) {
  compare_on_images(100, [](std::mt19937& random) {
    return one(Conv2d{.filters = pick(random, {1, 4, 16, 21, 32}),
                      .kernel = pick_pair(random, {1, 2, 3, 4, 5}),
                      .stride = pick_pair(random, {1, 1, 2, 3}),
                      .padding = pick_padding(random),
                      .bias = random() % 4 != 0,
                      .activation = {}});
  });
}

TEST(FastOperations, AKernelLargerThanTheImageIsPaddedOnAllSides) {
  compare_on_images(150, [](std::mt19937& random) {
    return one(Conv2d{.filters = pick(random, {3, 16}),
                      .kernel = {13, 12},
                      .stride = pick_pair(random, {1, 2}),
                      .padding = Padding::Same,
                      .activation = {}});
  });
}

TEST(FastOperations, APoolOfAnyShapeIsWithinItsBudget) {
  compare_on_images(200, [](std::mt19937& random) {
    return one(MaxPool{
        pick_pair(random, {1, 2, 3, 4}), pick_pair(random, {1, 2, 3}), pick_padding(random)});
  });
  compare_on_images(250, [](std::mt19937& random) {
    return one(AveragePool{
        pick_pair(random, {1, 2, 3, 4}), pick_pair(random, {1, 2, 3}), pick_padding(random)});
  });
}

// Shapes at the edges of what our own kernels do as one, and just beyond.
TEST(FastOperations, AConvolutionWithAPoolBehindItIsWithinItsBudget) {
  const auto conv_pool = [](std::mt19937& random, Padding pool_padding) {
    Conv2d conv2d{.filters = pick(random, {1, 16, 31, 32, 33}),
                  .kernel = pick_pair(random, {1, 2, 3, 5, 7}),
                  .padding = Padding::Same,
                  .bias = random() % 4 != 0,
                  .activation = {}};
    if (random() % 2 == 0) {
      conv2d.activation = Activation{ActivationKind::Relu, {}, {}};
    }
    const std::array<std::int64_t, 2> size = pick_pair(random, {1, 2, 3});
    return std::vector<Layer>{layer(conv2d), layer(MaxPool{size, size, pool_padding})};
  };
  compare_on_images(2000, [&](std::mt19937& random) { return conv_pool(random, Padding::Valid); });
  compare_on_images(2050, [&](std::mt19937& random) { return conv_pool(random, Padding::Same); });
  compare_on_images(2100, [&](std::mt19937& random) {
    std::vector<Layer> layers = conv_pool(random, Padding::Valid);
    std::get<MaxPool>(layers.back().operation).stride = pick_pair(random, {1, 2});
    return layers;
  });
}

TEST(FastOperations, ADenseLayerWithAReluAndDropoutBehindItIsWithinItsBudget) {
  compare_on_features(2200, [](std::mt19937& random) {
    Dense dense{.units = pick(random, {1, 31, 33, 70}),
                .bias = random() % 4 != 0,
                .activation = Activation{ActivationKind::Relu, {}, {}}};
    if (random() % 2 == 0) {
      dense.activation.reset();
    }
    return std::vector<Layer>{layer(dense), layer(Dropout{0.25})};
  });
}

TEST(FastOperations, AGlobalAveragePoolIsWithinItsBudget) {
  compare_on_images(300, [](std::mt19937&) { return one(GlobalAveragePool{}); });
}

TEST(FastOperations, ADenseLayerIsWithinItsBudget) {
  compare_on_features(350, [](std::mt19937& random) {
    return one(
        Dense{.units = pick(random, {1, 9, 64, 100}), .bias = random() % 4 != 0, .activation = {}});
  });
}

TEST(FastOperations, AMeanSquaredErrorIsWithinItsBudget) {
  compare_on_features(
      370, [](std::mt19937&) { return std::vector<Layer>{}; }, Loss::MeanSquaredError);
}

// The first layer reads memory that is filled anew for every batch.
TEST(FastOperations, AnyLayerMayComeFirst) {
  const std::vector<Operation> first{Flatten{},
                                     Dropout{0.5},
                                     LayerNorm{.epsilon = 1e-3},
                                     BatchNorm{.momentum = 0.8, .epsilon = 1e-3},
                                     MaxPool{.size = {2, 2}, .stride = {2, 2}},
                                     ActivationLayer{{.kind = ActivationKind::Tanh}}};
  for (std::size_t i = 0; i < first.size(); ++i) {
    SCOPED_TRACE(operation_name(first[i]));
    std::mt19937 random(380 + static_cast<unsigned>(i));
    std::vector<Layer> layers = one(first[i]);
    if (!std::holds_alternative<Flatten>(first[i])) {
      layers.push_back(layer(Flatten{}));
    }
    layers.push_back(layer(Dense{.units = 3, .activation = {}}));
    EXPECT_TRUE(expect_agreement(
        make_example(chain({6, 6, 2}, std::move(layers)), plain_descent(), 4, random)));
  }
}

TEST(FastOperations, ADropoutLayerMultipliesByItsMask) {
  compare_on_images(400, [](std::mt19937&) { return one(Dropout{0.25}); });
  compare_on_features(450, [](std::mt19937&) { return one(Dropout{0.5}); });
}

TEST(FastOperations, ABatchNormIsWithinItsBudget) {
  compare_on_images(500,
                    [](std::mt19937&) { return one(BatchNorm{.momentum = 0.8, .epsilon = 1e-3}); });
  compare_on_features(
      550, [](std::mt19937&) { return one(BatchNorm{.momentum = 0.0, .epsilon = 1e-2}); });
}

TEST(FastOperations, ALayerNormIsWithinItsBudget) {
  compare_on_images(600, [](std::mt19937& random) {
    return std::vector<Layer>{
        layer(Conv2d{.filters = pick(random, {4, 16, 21}), .kernel = {1, 1}, .activation = {}}),
        layer(LayerNorm{1e-2})};
  });
  compare_on_features(650, [](std::mt19937&) {
    return std::vector<Layer>{layer(Dense{.units = 11, .activation = {}}), layer(LayerNorm{1e-2})};
  });
}

TEST(FastOperations, ASumAndAJoinTakeInputsOfAnyLayout) {
  compare_on_images(700, [](std::mt19937& random) {
    Layer wide = layer(Conv2d{.filters = pick(random, {3, 16, 20}),
                              .kernel = {3, 3},
                              .padding = Padding::Same,
                              .activation = {}});
    wide.name = "wide";
    Layer same = layer(Conv2d{
        .filters = std::get<Conv2d>(wide.operation).filters, .kernel = {1, 1}, .activation = {}});
    same.name = "same";
    Layer norm = layer(LayerNorm{1e-2});
    norm.name = "norm";
    norm.inputs = {"same"};
    Layer add = layer(Add{});
    add.name = "sum";
    add.inputs = {"same", "wide", "norm", "wide"};
    Layer join = layer(Concatenate{});
    join.inputs = {"sum", "wide", "input"};
    return std::vector<Layer>{wide, same, norm, add, join};
  });
  compare_on_features(750, [](std::mt19937&) {
    Layer left = layer(Dense{.units = 6, .activation = {}});
    left.name = "left";
    Layer add = layer(Add{});
    add.inputs = {"left", "left"};
    add.name = "twice";
    Layer join = layer(Concatenate{});
    join.inputs = {"twice", "input", "left"};
    return std::vector<Layer>{left, add, join};
  });
}

struct ActivationCase {
  const char* name;
  Activation activation;
};

class FastActivations : public ::testing::TestWithParam<ActivationCase> {};

TEST_P(FastActivations, IsWithinItsBudgetInALayerAndOnItsOwn) {
  const Activation activation = GetParam().activation;
  compare_on_images(800, [=](std::mt19937& random) {
    return one(Conv2d{.filters = pick(random, {3, 16, 21}),
                      .kernel = {3, 3},
                      .padding = Padding::Same,
                      .activation = activation});
  });
  compare_on_images(850, [=](std::mt19937&) { return one(ActivationLayer{activation}); });
  compare_on_features(
      900, [=](std::mt19937&) { return one(Dense{.units = 19, .activation = activation}); });
}

INSTANTIATE_TEST_SUITE_P(
    All,
    FastActivations,
    ::testing::Values(ActivationCase{"relu", {ActivationKind::Relu, {}, {}}},
                      ActivationCase{"leaky_relu", {ActivationKind::LeakyRelu, 0.3, {}}},
                      ActivationCase{"leaky_relu_of_negative_slope",
                                     {ActivationKind::LeakyRelu, -0.5, {}}},
                      ActivationCase{"tanh", {ActivationKind::Tanh, {}, {}}},
                      ActivationCase{"sigmoid", {ActivationKind::Sigmoid, {}, {}}},
                      ActivationCase{"gelu_by_erf", {ActivationKind::Gelu, {}, false}},
                      ActivationCase{"gelu_by_tanh", {ActivationKind::Gelu, {}, true}}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace plumbline::testing
