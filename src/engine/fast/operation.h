#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/defaults.h"
#include "engine/fast/parameter_store.h"
#include "engine/fast/runtime.h"
#include "engine/fast/value.h"
#include "study/network.h"

namespace plumbline::fast {

// One operation of one plan, with primitives made for the plan's batch size. `backward` finds the
// gradients of the parameters, into the parameter store, and contributes to those of its inputs.
class Operation {
 public:
  virtual ~Operation() = default;
  virtual void forward() = 0;
  // Called once, in reverse order, so that all users of the output have registered their
  // contributions before.
  virtual void prepare_backward() = 0;
  virtual void backward() = 0;
};

// The masks of the current step; `by_layer` is null while predicting.
struct Masks {
  const TensorMap* by_layer = nullptr;
};

// Where an operation stands: what its constructor needs beside its inputs and output. References
// outlive the operation.
struct Site {
  const Runtime& runtime;
  ParameterStore& parameters;
  const Masks& masks;
  const Layer& layer;
  std::int64_t batch = 0;
  bool training = false;

  [[nodiscard]] std::string parameter(const char* role) const { return layer.name + "/" + role; }
};

using OperationPointer = std::unique_ptr<Operation>;
using Inputs = std::vector<Value*>;

// Each makes an operation and, in `output.data`, the memory and layout of its result. Settings are
// complete: no optional is left unset but the activation. They throw dnnl::error where oneDNN has
// no such primitive. `fused` is an activation that can_fuse allows, or null.
[[nodiscard]] OperationPointer make_conv2d(
    const Site& site, const Conv2d& conv2d, Value& input, Value& output, const Activation* fused);
[[nodiscard]] OperationPointer make_dense(
    const Site& site, const Dense& dense, Value& input, Value& output, const Activation* fused);
[[nodiscard]] OperationPointer make_activation(const Site& site,
                                               const Activation& activation,
                                               Value& input,
                                               Value& output);
[[nodiscard]] OperationPointer make_max_pool(const Site& site,
                                             const MaxPool& pool,
                                             Value& input,
                                             Value& output);
[[nodiscard]] OperationPointer make_average_pool(const Site& site,
                                                 const AveragePool& pool,
                                                 Value& input,
                                                 Value& output);
[[nodiscard]] OperationPointer make_global_average_pool(const Site& site,
                                                        Value& input,
                                                        Value& output);
[[nodiscard]] OperationPointer make_flatten(const Site& site, Value& input, Value& output);
[[nodiscard]] OperationPointer make_dropout(const Site& site,
                                            const Dropout& dropout,
                                            Value& input,
                                            Value& output);
[[nodiscard]] OperationPointer make_batch_norm(const Site& site,
                                               const BatchNorm& norm,
                                               RunningVariance running_variance,
                                               Value& input,
                                               Value& output);
[[nodiscard]] OperationPointer make_layer_norm(const Site& site,
                                               const LayerNorm& norm,
                                               Value& input,
                                               Value& output);
[[nodiscard]] OperationPointer make_add(const Site& site, const Inputs& inputs, Value& output);
[[nodiscard]] OperationPointer make_concatenate(const Site& site,
                                                const Inputs& inputs,
                                                Value& output);

}  // namespace plumbline::fast
