#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "engine/defaults.h"
#include "engine/reference/model.h"
#include "study/network.h"
#include "tensor/tensor.h"

namespace plumbline {

// Small networks, states and batches that the tests share.

// A chain: every layer takes the one before it. Layers are named layer_0, layer_1, ...
[[nodiscard]] Network chain(const Shape& input, const std::vector<Operation>& operations);
// Two branches of random operations that meet in add or concatenate, then a dense layer of three
// outputs.
[[nodiscard]] Network random_branches(std::mt19937& random);

[[nodiscard]] Settings settings_for(const Network& network, Loss loss = Loss::SoftmaxCrossEntropy);
// Kernels of variance 1 / fan_in, and everything else near its usual value but not at it, so that
// nothing vanishes.
[[nodiscard]] TensorMap random_state(const Network& network, std::mt19937& random);

struct RandomBatch {
  Tensor inputs;
  std::vector<std::int64_t> labels;
  TensorMap masks;
  template <typename A>
  [[nodiscard]] reference::Examples<typename A::Value> for_model(
      const reference::Model<A>& model) const {
    return {model.array_from(inputs), labels, masks};
  }
};
[[nodiscard]] RandomBatch random_batch(const Network& network,
                                       std::int64_t size,
                                       std::mt19937& random);

[[nodiscard]] Activation relu();

}  // namespace plumbline
