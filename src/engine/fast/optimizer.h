#pragma once

#include <cstdint>
#include <span>

#include "engine/defaults.h"
#include "engine/fast/kernels/update.h"
#include "tensor/tensor.h"

namespace plumbline::fast {

// Any optimizer: the constants of each step, and the slots that go with the trainable parameters.
// Each number is read and written once a step, by `update` or by the operation that has found the
// gradient. Constants are worked out in double and rounded once.
class Optimizer {
 public:
  // Throws Error where check_supported does. `size`: floats of the trainable parameters.
  Optimizer(const OptimizerSettings& settings, std::size_t size);

  [[nodiscard]] std::int64_t steps() const { return steps_; }  // taken so far
  // The update of the next step.
  [[nodiscard]] Update next();
  // Those that go with the weights from `offset`.
  [[nodiscard]] Slots slots(std::size_t offset);
  // Updates the first weights of the buffer by their gradients.
  void update(const Update& update, std::span<float> weights, std::span<const float> gradients);

 private:
  OptimizerSettings settings_;
  std::int64_t steps_ = 0;
  Tensor first_;   // empty for plain sgd
  Tensor second_;  // empty where there is one slot
};

}  // namespace plumbline::fast
