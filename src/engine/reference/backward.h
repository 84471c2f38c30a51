#pragma once

#include "engine/reference/forward.h"

namespace plumbline::reference {

// Visits one operation: from dy, the gradient for its output, gives the gradient for each of its
// inputs and puts those for its parameters into `gradients`. Training mode only.
template <Arithmetic A>
struct Backward {
  using Values = Array<typename A::Value>;
  const LayerValues<A>& in;
  const Values& dy;
  Arrays<typename A::Value>& gradients;

  std::vector<Values> operator()(const Conv2d& op) const {
    const Window window = in.window(op);
    const Values kernel = in.kernel();
    bias(op.bias);
    gradients[in.name_of("kernel")] =
        ordered(in.dialect.kernel_order,
                conv2d_kernel_gradient(in.a, in.input(), kernel.shape(), dy, window));
    return {conv2d_input_gradient(in.a, in.input().shape(), kernel, dy, window)};
  }
  std::vector<Values> operator()(const Dense& op) const {
    bias(op.bias);
    gradients[in.name_of("kernel")] = dense_kernel_gradient(in.a, in.input(), dy);
    return {dense_input_gradient(in.a, in.parameter("kernel"), dy)};
  }
  std::vector<Values> operator()(const MaxPool& op) const {
    return {max_pool_gradient(in.a, in.input(), dy, in.window(op), in.dialect.pool_ties)};
  }
  std::vector<Values> operator()(const AveragePool& op) const {
    return {average_pool_gradient(
        in.a, in.input().shape(), dy, in.window(op), in.dialect.average_over)};
  }
  std::vector<Values> operator()(const GlobalAveragePool&) const {
    return {global_average_pool_gradient(in.a, in.input().shape(), dy)};
  }
  std::vector<Values> operator()(const Flatten&) const {
    return {flatten_gradient(in.input().shape(), dy)};
  }
  std::vector<Values> operator()(const Dropout& op) const {
    return {dropout(in.a, dy, in.mask_values(), op.rate, in.dialect.dropout_scale)};
  }
  std::vector<Values> operator()(const BatchNorm& op) const {
    return norm(
        batch_norm_gradient(in.a, in.input(), in.parameter("gamma"), dy, resolved(op.epsilon)));
  }
  std::vector<Values> operator()(const LayerNorm& op) const {
    return norm(
        layer_norm_gradient(in.a, in.input(), in.parameter("gamma"), dy, resolved(op.epsilon)));
  }
  std::vector<Values> operator()(const Add&) const {
    return std::vector<Values>(in.inputs.size(), dy);
  }
  std::vector<Values> operator()(const Concatenate&) const {
    std::vector<Values> parts;
    std::int64_t first = 0;
    for (const Values* x : in.inputs) {
      parts.push_back(concatenate_gradient(x->shape(), dy, first));
      first += x->channels();
    }
    return parts;
  }
  std::vector<Values> operator()(const ActivationLayer& op) const {
    return {activation_gradient(in.a, in.dialect, op.activation, in.input(), dy)};
  }

 private:
  void bias(bool present) const {
    if (present) {
      gradients[in.name_of("bias")] = bias_gradient(in.a, dy);
    }
  }
  [[nodiscard]] std::vector<Values> norm(NormGradients<typename A::Value> norm) const {
    gradients[in.name_of("gamma")] = std::move(norm.dgamma);
    gradients[in.name_of("beta")] = std::move(norm.dbeta);
    return {std::move(norm.dx)};
  }
};

}  // namespace plumbline::reference
