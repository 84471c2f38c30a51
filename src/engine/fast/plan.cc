#include "engine/fast/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <variant>

#include "base/error.h"
#include "engine/fast/eltwise.h"

namespace plumbline::fast {
namespace {

// The operations that have neither parameters nor an activation to fuse, and the norms.
struct MakeOperation {
  const Site& site;
  const Settings& settings;
  const Inputs& inputs;
  Value& output;

  [[nodiscard]] Value& input() const { return *inputs.front(); }

  OperationPointer operator()(const MaxPool& pool) const {
    return make_max_pool(site, pool, input(), output);
  }
  OperationPointer operator()(const AveragePool& pool) const {
    return make_average_pool(site, pool, input(), output);
  }
  OperationPointer operator()(const GlobalAveragePool&) const {
    return make_global_average_pool(site, input(), output);
  }
  OperationPointer operator()(const Flatten&) const { return make_flatten(site, input(), output); }
  OperationPointer operator()(const Dropout& dropout) const {
    return make_dropout(site, dropout, input(), output);
  }
  OperationPointer operator()(const BatchNorm& norm) const {
    return make_batch_norm(site, norm, settings.dialect.running_variance, input(), output);
  }
  OperationPointer operator()(const LayerNorm& norm) const {
    return make_layer_norm(site, norm, input(), output);
  }
  OperationPointer operator()(const Add&) const { return make_add(site, inputs, output); }
  OperationPointer operator()(const Concatenate&) const {
    return make_concatenate(site, inputs, output);
  }
  OperationPointer operator()(const ActivationLayer& layer) const {
    return make_activation(site, layer.activation, input(), output);
  }
  OperationPointer operator()(const Conv2d& conv2d) const {
    return make_conv2d(site, conv2d, input(), output, fused(conv2d));
  }
  OperationPointer operator()(const Dense& dense) const {
    return make_dense(site, dense, input(), output, fused(dense));
  }
  template <typename Layer>
  static const Activation* fused(const Layer& layer) {
    return layer.activation && can_fuse(*layer.activation) ? &*layer.activation : nullptr;
  }
};

// The activation of a layer that has to follow it as an operation of its own; null for most.
const Activation* separate_activation(const plumbline::Operation& operation) {
  const std::optional<Activation>* activation = nullptr;
  if (const auto* conv2d = std::get_if<Conv2d>(&operation)) {
    activation = &conv2d->activation;
  } else if (const auto* dense = std::get_if<Dense>(&operation)) {
    activation = &dense->activation;
  }
  return activation != nullptr && *activation && !can_fuse(**activation) ? &**activation : nullptr;
}

bool has_parameters(const plumbline::Operation& operation) {
  return std::holds_alternative<Conv2d>(operation) || std::holds_alternative<Dense>(operation) ||
         std::holds_alternative<BatchNorm>(operation) ||
         std::holds_alternative<LayerNorm>(operation);
}

std::string layer_error(const Site& site, const Network& network, const char* reason) {
  std::string inputs;
  for (const std::string& name : site.layer.inputs) {
    inputs += (inputs.empty() ? "" : ", ") + to_string(shape_of(network, name));
  }
  return fmt::format(
      "The fast engine cannot make the layer '{}' ({}, {} -> {}) for a batch of {}: {}.",
      site.layer.name,
      operation_name(site.layer.operation),
      inputs,
      to_string(site.layer.output_shape),
      site.batch,
      reason);
}

}  // namespace

Plan::Plan(const Runtime& runtime,
           ParameterStore& parameters,
           const Settings& settings,
           std::int64_t batch,
           Purpose purpose)
    : runtime_(runtime) {
  const Network& network = settings.network;
  Value& input = values_.emplace_back();
  // A buffer of its own: layers may keep views of their inputs' memory.
  input.data = dnnl::memory(canonical_desc(activation_dims(batch, network.input)), runtime.engine);
  named_["input"] = &input;
  const bool training = purpose == Purpose::Train;
  for (const Layer& layer : network.layers) {
    const Site site{runtime, parameters, masks_, layer, batch, training};
    try {
      add_layer(site, settings);
    } catch (const dnnl::error& error) {
      throw Error(layer_error(site, network, error.what()));
    }
  }
  if (training) {
    prepare_backward(settings.loss);
  }
}

void Plan::add_layer(const Site& site, const Settings& settings) {
  Inputs inputs;
  for (const std::string& name : site.layer.inputs) {
    inputs.push_back(named_.at(name));
  }
  const Activation* separate = separate_activation(site.layer.operation);
  Value* output = &values_.emplace_back();
  output->wants_gradient =
      has_parameters(site.layer.operation) ||
      std::ranges::any_of(inputs, [](const Value* input) { return input->wants_gradient; });
  steps_.push_back(
      {std::visit(MakeOperation{site, settings, inputs, *output}, site.layer.operation), output});
  if (separate != nullptr) {
    Value& activated = values_.emplace_back();
    activated.wants_gradient = output->wants_gradient;
    steps_.push_back({make_activation(site, *separate, *output, activated), &activated});
    output = &activated;
  }
  named_[site.layer.name] = output;
}

void Plan::prepare_backward(Loss loss) {
  loss_.emplace(runtime_, loss, values_.back());
  for (const Step& step : steps_ | std::views::reverse) {
    if (step.output->wants_gradient) {
      step.operation->prepare_backward();
    }
  }
}

void Plan::forward(const Tensor& inputs) {
  std::ranges::copy(inputs.as<float>(), floats(values_.front().data));
  for (const Step& step : steps_) {
    step.operation->forward();
  }
}

double Plan::forward_and_backward(const Batch& batch) {
  masks_.by_layer = &batch.masks;
  forward(batch.inputs);
  const double loss = loss_->run(batch.labels);
  for (const Step& step : steps_ | std::views::reverse) {
    if (step.output->wants_gradient) {
      step.operation->backward();
    }
  }
  return loss;
}

Tensor Plan::predict(const Tensor& inputs) {
  forward(inputs);
  const Value& output = values_.back();
  Tensor outputs(DType::F32, {output.dims()[0], output.dims()[1]});
  std::copy_n(floats(output.data), outputs.size(), outputs.as<float>().data());
  return outputs;
}

}  // namespace plumbline::fast
