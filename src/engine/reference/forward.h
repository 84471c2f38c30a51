#pragma once

#include "engine/reference/layer_values.h"
#include "engine/reference/operations/activation.h"
#include "engine/reference/operations/add.h"
#include "engine/reference/operations/average_pool.h"
#include "engine/reference/operations/batch_norm.h"
#include "engine/reference/operations/bias.h"
#include "engine/reference/operations/concatenate.h"
#include "engine/reference/operations/conv2d.h"
#include "engine/reference/operations/dense.h"
#include "engine/reference/operations/dropout.h"
#include "engine/reference/operations/flatten.h"
#include "engine/reference/operations/global_average_pool.h"
#include "engine/reference/operations/layer_norm.h"
#include "engine/reference/operations/max_pool.h"

namespace plumbline::reference {

// Visits one operation and gives its output. Fused activations were taken out before (graph.h).
template <Arithmetic A>
struct Forward {
  using Values = Array<typename A::Value>;
  const LayerValues<A>& in;

  Values operator()(const Conv2d& op) const {
    return biased(conv2d(in.a, in.input(), in.kernel(), in.window(op)), op.bias);
  }
  Values operator()(const Dense& op) const {
    return biased(dense(in.a, in.input(), in.parameter("kernel")), op.bias);
  }
  Values operator()(const MaxPool& op) const { return max_pool(in.a, in.input(), in.window(op)); }
  Values operator()(const AveragePool& op) const {
    return average_pool(in.a, in.input(), in.window(op), in.dialect.average_over);
  }
  Values operator()(const GlobalAveragePool&) const {
    return global_average_pool(in.a, in.input());
  }
  Values operator()(const Flatten&) const { return flatten(in.input()); }
  Values operator()(const Dropout& op) const {
    const DropoutScale rule = in.dialect.dropout_scale;
    return in.training ? dropout(in.a, in.input(), in.mask_values(), op.rate, rule)
                       : dropout_in_inference(in.a, in.input(), op.rate, rule);
  }
  Values operator()(const BatchNorm& op) const {
    return batch_norm(
        in.a, in.input(), in.batch_norm_parameters(), resolved(op.epsilon), in.training);
  }
  Values operator()(const LayerNorm& op) const {
    return layer_norm(
        in.a, in.input(), in.parameter("gamma"), in.parameter("beta"), resolved(op.epsilon));
  }
  Values operator()(const Add&) const {
    Values sum = in.input();
    for (std::size_t i = 1; i < in.inputs.size(); ++i) {
      sum = add(sum, *in.inputs[i]);
    }
    return sum;
  }
  Values operator()(const Concatenate&) const { return concatenate(in.inputs); }
  Values operator()(const ActivationLayer& op) const {
    return activation(in.a, op.activation, in.input());
  }

 private:
  [[nodiscard]] Values biased(const Values& y, bool bias) const {
    return bias ? add_bias(y, in.parameter("bias")) : y;
  }
};

}  // namespace plumbline::reference
