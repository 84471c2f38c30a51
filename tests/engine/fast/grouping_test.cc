#include "engine/fast/grouping.h"

#include <gtest/gtest.h>

#include "engine/fast/comparison.h"

namespace plumbline::testing {
namespace {

using fast::ConvPoolLayers;
using fast::DenseLayers;
using fast::Kernels;

Layer layer(Operation operation, std::string name = "", std::vector<std::string> inputs = {}) {
  return {.name = std::move(name),
          .operation = std::move(operation),
          .inputs = std::move(inputs),
          .output_shape = {}};
}

const Activation kRelu{ActivationKind::Relu, {}, {}};
const Activation kTanh{ActivationKind::Tanh, {}, {}};

Conv2d conv2d() {
  return {.filters = 3, .kernel = {3, 3}, .padding = Padding::Same, .activation = kRelu};
}

// "conv2d+max_pool, flatten, dense": the groups of a network by the words of their layers.
std::string groups_of(const Network& network, Kernels kernels = Kernels::Own) {
  std::string text;
  for (const fast::LayerGroup& group : fast::group_layers(network, kernels)) {
    const Layer& first = fast::first_layer(group);
    const Layer& last = fast::last_layer(group);
    text += (text.empty() ? "" : ", ") + operation_name(first.operation);
    if (&first != &last) {
      text += "+" + operation_name(last.operation);
    }
    if (std::holds_alternative<DenseLayers>(group)) {
      text += " in panels";
    }
  }
  return text;
}

std::string groups_of_conv_pool(const Conv2d& first, const MaxPool& pool) {
  return groups_of(chain({12, 13, 2}, {layer(first), layer(pool)}));
}

TEST(Grouping, AConvolutionIsJoinedWithThePoolBehindItWhereTheKernelsFit) {
  const MaxPool halves{{2, 2}, {2, 2}};
  EXPECT_EQ(groups_of_conv_pool(conv2d(), halves), "conv2d+max_pool");
  EXPECT_EQ(groups_of_conv_pool(conv2d(), {{3, 1}, {3, 1}}), "conv2d+max_pool");
  // 12 = 6 * 2 = 4 * 3: no window of a padded pool reaches into the padding.
  EXPECT_EQ(groups_of_conv_pool(conv2d(), {{2, 13}, {2, 13}, Padding::Same}), "conv2d+max_pool");

  EXPECT_EQ(groups_of_conv_pool(conv2d(), {{2, 2}, {2, 2}, Padding::Same}), "conv2d, max_pool");
  EXPECT_EQ(groups_of_conv_pool(conv2d(), {{3, 3}, {2, 2}}), "conv2d, max_pool");
  EXPECT_EQ(groups_of_conv_pool(conv2d(), {{2, 2}, {3, 3}}), "conv2d, max_pool");
  Conv2d other = conv2d();
  other.activation = kTanh;
  EXPECT_EQ(groups_of_conv_pool(other, halves), "conv2d, max_pool");
  other = conv2d();
  other.stride = {1, 2};
  EXPECT_EQ(groups_of_conv_pool(other, halves), "conv2d, max_pool");
}

TEST(Grouping, AWindowHasAtMostAsManyPlacesAsAByteTellsApart) {
  const auto groups = [](std::int64_t rows, std::int64_t columns) {
    return groups_of(
        chain({64, 64, 1}, {layer(conv2d()), layer(MaxPool{{rows, columns}, {rows, columns}})}));
  };
  EXPECT_EQ(groups(15, 17), "conv2d+max_pool");   // 255
  EXPECT_EQ(groups(16, 16), "conv2d, max_pool");  // 256
}

TEST(Grouping, WhatAnotherLayerLooksAtIsNotLeftOut) {
  EXPECT_EQ(groups_of(chain({12, 12, 1},
                            {layer(conv2d(), "conv"),
                             layer(MaxPool{{2, 2}, {2, 2}}, "pool"),
                             layer(AveragePool{{2, 2}, {2, 2}}, "average", {"conv"}),
                             layer(Add{}, "sum", {"pool", "average"})})),
            "conv2d, max_pool, average_pool, add");
}

TEST(Grouping, ADenseLayerIsJoinedWithTheDropoutBehindIt) {
  const auto groups = [](std::optional<Activation> activation) {
    return groups_of(chain({7},
                           {layer(Dense{.units = 4, .activation = activation}),
                            layer(Dropout{0.5}),
                            layer(Dense{.units = 3, .activation = {}})}));
  };
  EXPECT_EQ(groups(kRelu), "dense+dropout in panels, dense in panels");
  EXPECT_EQ(groups({}), "dense+dropout in panels, dense in panels");
  EXPECT_EQ(groups(kTanh), "dense, dropout, dense in panels");
}

TEST(Grouping, NothingIsJoinedForOneDnn) {
  EXPECT_EQ(groups_of(chain({12, 12, 1},
                            {layer(conv2d()),
                             layer(MaxPool{{2, 2}, {2, 2}}),
                             layer(Flatten{}),
                             layer(Dense{.units = 4, .activation = kRelu}),
                             layer(Dropout{0.5})}),
                      Kernels::OneDnn),
            "conv2d, max_pool, flatten, dense, dropout");
}

}  // namespace
}  // namespace plumbline::testing
