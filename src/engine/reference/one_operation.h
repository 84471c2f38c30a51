#pragma once

#include "engine/reference/backward.h"

namespace plumbline::reference {

// One operation by itself, from inputs and parameters that are given, under a dialect that is given
// (LayerValues): how parity judges a framework's operation on that framework's own inputs, and how
// it tries what the operation would give under another dialect. For an operation of the nodes of
// graph.h, whose fused activations were taken out. The loss by itself is in losses/loss.h, an
// update in optimizers/update.h. Throws Error, or std::out_of_range, when a parameter is missing;
// shapes are the caller's business.

template <Arithmetic A>
[[nodiscard]] Array<typename A::Value> output_of(const Operation& operation,
                                                 const LayerValues<A>& values) {
  return std::visit(Forward<A>{values}, operation);
}

template <typename Value>
struct OperationGradients {
  std::vector<Array<Value>> inputs;  // one for each input
  Arrays<Value> parameters;          // by name, as in LayerValues
};

// From dy, the gradient for the output, in training mode.
template <Arithmetic A>
[[nodiscard]] OperationGradients<typename A::Value> gradients_of(
    const Operation& operation, const LayerValues<A>& values, const Array<typename A::Value>& dy) {
  OperationGradients<typename A::Value> gradients;
  gradients.inputs = std::visit(Backward<A>{values, dy, gradients.parameters}, operation);
  return gradients;
}

// The running moments of a batch_norm after one training step.
template <Arithmetic A>
[[nodiscard]] RunningMoments<typename A::Value> running_of(const BatchNorm& operation,
                                                           const LayerValues<A>& values) {
  return batch_norm_running(values.a,
                            values.input(),
                            values.batch_norm_parameters(),
                            resolved(operation.momentum),
                            resolved(operation.epsilon),
                            values.dialect);
}

}  // namespace plumbline::reference
