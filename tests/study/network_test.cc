#include "study/network.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace plumbline {
namespace {

Layer layer(const std::string& name, Operation operation, std::vector<std::string> inputs) {
  return {name, std::move(operation), std::move(inputs), {}};
}

std::string complaint_of(Network network) {
  try {
    infer_shapes(network);
    return {};
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(NetworkTest, infers_the_shape_of_every_operation) {
  struct Case {
    const char* name;
    Operation operation;
    std::vector<Shape> inputs;
    Shape expected;
  };
  const Shape image{28, 28, 3};
  // valid: floor((n - k) / s) + 1; same: ceil(n / s).
  const std::vector<Case> cases{
      {"conv valid", Conv2d{.filters = 8, .kernel = {5, 3}}, {image}, {24, 26, 8}},
      {"conv valid stride",
       Conv2d{.filters = 8, .kernel = {3, 3}, .stride = {2, 3}},
       {image},
       {13, 9, 8}},
      {"conv same",
       Conv2d{.filters = 8, .kernel = {5, 5}, .padding = Padding::Same},
       {image},
       {28, 28, 8}},
      {"conv same stride",
       Conv2d{.filters = 8, .kernel = {3, 3}, .stride = {2, 3}, .padding = Padding::Same},
       {image},
       {14, 10, 8}},
      {"conv same kernel above input",
       Conv2d{.filters = 2, .kernel = {9, 9}, .padding = Padding::Same},
       {{4, 4, 1}},
       {4, 4, 2}},
      {"conv whole input", Conv2d{.filters = 2, .kernel = {4, 4}}, {{4, 4, 1}}, {1, 1, 2}},
      {"max_pool", MaxPool{{2, 2}, {2, 2}}, {{7, 8, 3}}, {3, 4, 3}},
      {"max_pool same", MaxPool{{2, 2}, {2, 2}, Padding::Same}, {{7, 8, 3}}, {4, 4, 3}},
      {"average_pool", AveragePool{{3, 2}, {1, 2}}, {{7, 8, 3}}, {5, 4, 3}},
      {"global_average_pool", GlobalAveragePool{}, {image}, {3}},
      {"flatten", Flatten{}, {image}, {2352}},
      {"flatten vector", Flatten{}, {{5}}, {5}},
      {"dense", Dense{.units = 10}, {{5}}, {10}},
      {"dropout", Dropout{0.5}, {image}, image},
      {"batch_norm", BatchNorm{}, {image}, image},
      {"layer_norm", LayerNorm{}, {{5}}, {5}},
      {"add", Add{}, {image, image, image}, image},
      {"concatenate", Concatenate{}, {{4, 4, 1}, {4, 4, 2}}, {4, 4, 3}},
      {"concatenate vectors", Concatenate{}, {{4}, {5}, {6}}, {15}},
      {"activation", ActivationLayer{}, {image}, image},
  };
  for (const Case& test : cases) {
    const Layer tested =
        layer("a", test.operation, std::vector<std::string>(test.inputs.size(), "input"));
    EXPECT_EQ(infer_shape(tested, test.inputs), test.expected) << test.name;
  }
}

TEST(NetworkTest, says_why_a_layer_does_not_fit) {
  struct Case {
    Operation operation;
    std::vector<Shape> inputs;
    const char* expected;
  };
  const std::vector<Case> cases{
      {Dense{.units = 10},
       {{4, 4, 1}},
       "The layer 'a' (dense) takes a vector, but its input 'x' has the shape (4, 4, 1). Put "
       "{ flatten = true } or { global_average_pool = true } before it."},
      {Conv2d{.filters = 1, .kernel = {5, 1}},
       {{4, 4, 1}},
       "The layer 'a' (conv2d) slides a window of 5 by 1 over its input 'x' of shape (4, 4, 1), "
       "which is "
       "smaller. Take a smaller window, or padding = \"same\"."},
      {Conv2d{.filters = 0, .kernel = {1, 1}},
       {{4, 4, 1}},
       "The layer 'a' (conv2d) has filters = 0; it must be from 1 to 2147483647."},
      {MaxPool{{2, 2}, {0, 2}},
       {{4, 4, 1}},
       "The layer 'a' (max_pool) has stride = 0; it must be from 1 to 2147483647."},
      {GlobalAveragePool{},
       {{4}},
       "The layer 'a' (global_average_pool) takes images, (height, width, channels), but its input "
       "'x' has "
       "the shape (4)."},
      {Add{},
       {{4}, {5}},
       "The layer 'a' (add) adds inputs of equal shape, but 'x' has the shape (4) and 'x' has "
       "(5)."},
      {Concatenate{},
       {{4, 4, 1}, {4, 5, 1}},
       "The layer 'a' (concatenate) joins inputs that are equal in all but the last extent, but "
       "'x' has the "
       "shape (4, 4, 1) and 'x' has (4, 5, 1)."},
      {Add{}, {{4}}, "The layer 'a' (add) takes two or more inputs, but has 1."},
      {Flatten{}, {{4}, {4}}, "The layer 'a' (flatten) takes one input, but has 2."},
      {Dropout{1.0},
       {{4}},
       "The layer 'a' (dropout) has rate = 1; it must be at least 0 and below 1."},
      {BatchNorm{.momentum = -0.1, .epsilon = {}},
       {{4}},
       "The layer 'a' (batch_norm) has momentum = -0.1; it must be at least 0 and below 1."},
      {Dense{.units = 2'147'483'647},
       {{2}},
       "The layer 'a' (dense) would have a kernel of shape (2, 2147483647); a tensor has at most "
       "2147483647 "
       "elements."},
      {ActivationLayer{{ActivationKind::Relu, 0.1, {}}},
       {{4}},
       "The layer 'a' (activation) has a slope, which only the activation leaky_relu has."},
  };
  for (const Case& test : cases) {
    const Layer tested =
        layer("a", test.operation, std::vector<std::string>(test.inputs.size(), "x"));
    try {
      static_cast<void>(infer_shape(tested, test.inputs));
      ADD_FAILURE() << test.expected;
    } catch (const UsageError& error) {
      EXPECT_EQ(std::string(error.what()), test.expected);
    }
  }
}

TEST(NetworkTest, checks_names_order_and_use) {
  const Operation flatten = Flatten{};
  const auto network = [](std::vector<Layer> layers) {
    return Network{{4, 4, 1}, std::move(layers)};
  };
  EXPECT_EQ(complaint_of(network({layer("a", flatten, {"input"})})), "");
  EXPECT_EQ(complaint_of(network({})), "A network has 1 to 10000 layers; this one has 0.");
  EXPECT_EQ(complaint_of(network({layer("a", flatten, {"b"}), layer("b", flatten, {"input"})})),
            "The layer 'a' names an input that is not a layer before it.");
  EXPECT_EQ(complaint_of(network({layer("a", flatten, {"a"})})),
            "The layer 'a' names an input that is not a layer before it.");
  EXPECT_EQ(complaint_of(network({layer("a", flatten, {"input"}), layer("a", flatten, {"a"})})),
            "Two layers are named 'a'.");
  EXPECT_EQ(complaint_of(network({layer("a", flatten, {"input"}), layer("b", flatten, {"input"})})),
            "No layer takes the output of the layer 'a', and it is not the last one.");
  EXPECT_EQ(complaint_of(Network{{4, 4}, {layer("a", flatten, {"input"})}}),
            "The network's input is [height, width, channels], as in [28, 28, 1], or [features].");
  EXPECT_EQ(complaint_of(Network{{1 << 20, 1 << 20, 1}, {layer("a", flatten, {"input"})}}),
            "The network's input (1048576, 1048576, 1) is out of range: extents are positive, and "
            "the whole "
            "has at most 2147483647 elements.");
  EXPECT_EQ(complaint_of(network(std::vector<Layer>(kMaxLayers + 1))),
            "A network has 1 to 10000 layers; this one has 10001.");
}

TEST(NetworkTest, takes_only_names_that_every_framework_takes) {
  for (const char* good : {"a", "Conv_1", "x9"}) {
    EXPECT_TRUE(is_layer_name(good)) << good;
  }
  for (const char* bad : {"", "input", "1a", "_a", "a/b", "a.b", "a b", "\xC3\xA9"}) {
    EXPECT_FALSE(is_layer_name(bad)) << bad;
  }
  EXPECT_TRUE(is_layer_name(std::string(64, 'a')));
  EXPECT_FALSE(is_layer_name(std::string(65, 'a')));
}

// The tutorial's CNN has 3,274,634 parameters: 832 + 51,264 + 3,212,288 + 10,250.
TEST(NetworkTest, lists_the_parameters_of_the_papers_network) {
  Network network{{28, 28, 1},
                  {layer("conv2d_1",
                         Conv2d{.filters = 32, .kernel = {5, 5}, .padding = Padding::Same},
                         {"input"}),
                   layer("max_pool_1", MaxPool{{2, 2}, {2, 2}}, {"conv2d_1"}),
                   layer("conv2d_2",
                         Conv2d{.filters = 64, .kernel = {5, 5}, .padding = Padding::Same},
                         {"max_pool_1"}),
                   layer("max_pool_2", MaxPool{{2, 2}, {2, 2}}, {"conv2d_2"}),
                   layer("flatten_1", Flatten{}, {"max_pool_2"}),
                   layer("dense_1", Dense{.units = 1024}, {"flatten_1"}),
                   layer("dropout_1", Dropout{0.5}, {"dense_1"}),
                   layer("dense_2", Dense{.units = 10}, {"dropout_1"})}};
  infer_shapes(network);
  const auto list = parameters(network);
  std::int64_t count = 0;
  std::vector<std::string> names;
  for (const ParameterSpec& parameter : list) {
    count += element_count(parameter.shape);
    names.push_back(parameter.name);
  }
  EXPECT_EQ(count, 3'274'634);
  EXPECT_EQ(names,
            (std::vector<std::string>{"conv2d_1/kernel",
                                      "conv2d_1/bias",
                                      "conv2d_2/kernel",
                                      "conv2d_2/bias",
                                      "dense_1/kernel",
                                      "dense_1/bias",
                                      "dense_2/kernel",
                                      "dense_2/bias"}));
  EXPECT_EQ(list[2].shape, (Shape{5, 5, 32, 64}));
  EXPECT_EQ(list[2].fan_in, 5 * 5 * 32);
  EXPECT_EQ(list[2].fan_out, 5 * 5 * 64);
  EXPECT_EQ(list[3].fan_in, 5 * 5 * 32);
  EXPECT_EQ(list[4].shape, (Shape{3136, 1024}));
  EXPECT_EQ(list[4].fan_in, 3136);
  EXPECT_EQ(list[4].fan_out, 1024);
}

TEST(NetworkTest, norms_have_scale_and_shift_and_batch_norm_has_moving_values) {
  Network network{{4, 4, 3},
                  {layer("c", Conv2d{.filters = 2, .kernel = {1, 1}, .bias = false}, {"input"}),
                   layer("b", BatchNorm{}, {"c"}),
                   layer("l", LayerNorm{}, {"b"})}};
  infer_shapes(network);
  std::vector<std::string> names;
  std::vector<bool> trainable;
  for (const ParameterSpec& parameter : parameters(network)) {
    names.push_back(parameter.name);
    trainable.push_back(parameter.trainable());
    if (parameter.role != ParameterRole::Kernel) {
      EXPECT_EQ(parameter.shape, (Shape{2})) << parameter.name;
    }
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"c/kernel",
                                      "b/gamma",
                                      "b/beta",
                                      "b/moving_mean",
                                      "b/moving_variance",
                                      "l/gamma",
                                      "l/beta"}));
  EXPECT_EQ(trainable, (std::vector<bool>{true, true, true, false, false, true, true}));
}

TEST(NetworkTest, refuses_to_list_parameters_before_shapes_are_known) {
  const Network network{{4},
                        {layer("a", Flatten{}, {"input"}), layer("b", Dense{.units = 2}, {"a"})}};
  EXPECT_THROW(static_cast<void>(parameters(network)), Error);
}

TEST(NetworkTest, finds_shapes_by_name) {
  Network network{{4, 4, 1}, {layer("a", Flatten{}, {"input"})}};
  infer_shapes(network);
  EXPECT_EQ(shape_of(network, "input"), (Shape{4, 4, 1}));
  EXPECT_EQ(shape_of(network, "a"), (Shape{16}));
  EXPECT_THROW(static_cast<void>(shape_of(network, "b")), Error);
}

}  // namespace
}  // namespace plumbline
