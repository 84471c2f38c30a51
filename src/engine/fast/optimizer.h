#pragma once

#include <cstdint>
#include <span>

#include "engine/defaults.h"
#include "tensor/tensor.h"

namespace plumbline::fast {

// Any optimizer, as one loop over all trainable parameters that reads and writes each number once.
// Constants are worked out in double and rounded once.
class FlatOptimizer {
 public:
  FlatOptimizer(const OptimizerSettings& settings, std::size_t size);
  void step(std::span<float> weights, std::span<const float> gradients);

 private:
  OptimizerSettings settings_;
  std::int64_t steps_ = 0;
  Tensor first_;   // momentum, m, or accumulated squares; empty for plain sgd
  Tensor second_;  // v, a momentum or accumulated updates; empty where there is one slot
};

}  // namespace plumbline::fast
