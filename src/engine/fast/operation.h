#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/defaults.h"
#include "engine/fast/grouping.h"
#include "engine/fast/optimizer.h"
#include "engine/fast/parameter_store.h"
#include "engine/fast/runtime.h"
#include "engine/fast/value.h"
#include "study/network.h"

namespace plumbline::fast {

// One operation of one plan, with primitives made for the plan's batch size. `backward` finds the
// gradients of the parameters, into the parameter store, or updates them at once where they stand
// in panels; and it contributes to the gradients of its inputs.
class Operation {
 public:
  virtual ~Operation() = default;
  virtual void forward() = 0;
  // Called once, in reverse order, so that all users of the output have registered their
  // contributions before.
  virtual void prepare_backward() = 0;
  virtual void backward() = 0;
};

// What changes from step to step.
struct CurrentStep {
  const TensorMap* masks = nullptr;  // by dropout layer, checked; null while predicting
  // Set before `backward`, for operations that update what they find the gradient of.
  Update update;
  Optimizer* optimizer = nullptr;
};

// Where an operation stands: what its constructor needs beside its inputs and output. References
// outlive the operation.
struct Site {
  const Runtime& runtime;
  ParameterStore& parameters;
  const CurrentStep& step;
  const Layer& layer;
  std::int64_t batch = 0;
  bool training = false;

  [[nodiscard]] std::string parameter(const char* role) const { return layer.name + "/" + role; }
  // Of a dropout layer: (batch, ...), a byte for each element.
  [[nodiscard]] const std::uint8_t* mask(const Layer& dropout) const {
    return step.masks->at(dropout.name).as<std::uint8_t>().data();
  }
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
// By our own kernels; `site.layer` is the group's first.
[[nodiscard]] OperationPointer make_conv_pool(const Site& site,
                                              const ConvPoolLayers& layers,
                                              Value& input,
                                              Value& output);
[[nodiscard]] OperationPointer make_panel_dense(const Site& site,
                                                const DenseLayers& layers,
                                                Value& input,
                                                Value& output);
[[nodiscard]] OperationPointer make_activation(const Site& site,
                                               const Activation& activation,
                                               Value& input,
                                               Value& output);
[[nodiscard]] OperationPointer make_max_pool(const Site& site,
                                             const MaxPool& pool,
                                             Value& input,
                                             Value& output);
[[nodiscard]] OperationPointer make_average_pool(
    const Site& site, const AveragePool& pool, AverageOver over, Value& input, Value& output);
[[nodiscard]] OperationPointer make_global_average_pool(const Site& site,
                                                        Value& input,
                                                        Value& output);
[[nodiscard]] OperationPointer make_flatten(const Site& site, Value& input, Value& output);
[[nodiscard]] OperationPointer make_dropout(const Site& site,
                                            const Dropout& dropout,
                                            Value& input,
                                            Value& output);
[[nodiscard]] OperationPointer make_batch_norm(
    const Site& site, const BatchNorm& norm, const Dialect& dialect, Value& input, Value& output);
[[nodiscard]] OperationPointer make_layer_norm(const Site& site,
                                               const LayerNorm& norm,
                                               Value& input,
                                               Value& output);
[[nodiscard]] OperationPointer make_add(const Site& site, const Inputs& inputs, Value& output);
[[nodiscard]] OperationPointer make_concatenate(const Site& site,
                                                const Inputs& inputs,
                                                Value& output);

}  // namespace plumbline::fast
