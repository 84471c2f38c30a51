#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "tensor/tensor.h"

namespace plumbline {

// One mini-batch: scaled inputs, labels 0 .. classes-1, and for each dropout layer of the network
// its mask (batch, ...), U8.
struct Batch {
  Tensor inputs;  // (batch, height, width, channels) or (batch, features), F32
  std::span<const std::int64_t> labels;
  TensorMap masks;  // by layer name; empty for prediction
};

// A network with its optimizer: the interface of both engines, `reference/` (float64, the oracle)
// and `fast/` (float32). Not thread-safe; `fast/` uses OpenMP threads inside a call.
class Trainer {
 public:
  virtual ~Trainer() = default;
  // Every parameter of the network, canonical names and layouts, F32. Throws Error that names what
  // is missing or misshapen.
  virtual void set_state(const TensorMap& state) = 0;
  [[nodiscard]] virtual TensorMap state() const = 0;
  // One training step. Returns the mean loss of the batch before the update.
  virtual double step(const Batch& batch) = 0;
  // Outputs of the last layer in inference mode, (batch, outputs), F32.
  [[nodiscard]] virtual Tensor predict(const Tensor& inputs) = 0;
  // A training step and all that it computes, by the names of docs/protocol.md: out, grad_out,
  // grad, slot_before, slot, loss and step.
  [[nodiscard]] virtual TensorMap observed_step(const Batch&) {
    throw Error("This engine does not observe its steps.");
  }
  // The outputs of all operations in inference mode, by the same names.
  [[nodiscard]] virtual TensorMap observed_predict(const Tensor&) {
    throw Error("This engine does not observe its predictions.");
  }
};

}  // namespace plumbline
