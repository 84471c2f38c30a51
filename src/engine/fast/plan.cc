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
    return make_average_pool(site, pool, settings.dialect.average_over, input(), output);
  }
  OperationPointer operator()(const GlobalAveragePool&) const {
    return make_global_average_pool(site, input(), output);
  }
  OperationPointer operator()(const Flatten&) const { return make_flatten(site, input(), output); }
  OperationPointer operator()(const Dropout& dropout) const {
    return make_dropout(site, dropout, input(), output);
  }
  OperationPointer operator()(const BatchNorm& norm) const {
    return make_batch_norm(site, norm, settings.dialect, input(), output);
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
           const std::vector<LayerGroup>& groups,
           std::int64_t batch,
           Purpose purpose)
    : runtime_(runtime), purpose_(purpose) {
  const Network& network = settings.network;
  Value& input = values_.emplace_back();
  // A buffer of its own: layers may keep views of their inputs' memory.
  input.data = dnnl::memory(canonical_desc(activation_dims(batch, network.input)), runtime.engine);
  named_["input"] = &input;
  const bool training = purpose != Purpose::Predict;
  for (const LayerGroup& group : groups) {
    const Site site{runtime, parameters, step_, first_layer(group), batch, training};
    try {
      add(group, site, settings);
    } catch (const dnnl::error& error) {
      throw Error(layer_error(site, network, error.what()));
    }
  }
  output_ = named_.at(network.layers.back().name);
  if (training) {
    prepare_backward(settings);
  }
}

void Plan::add(const LayerGroup& group, const Site& site, const Settings& settings) {
  if (std::holds_alternative<SingleLayer>(group)) {
    return add_layer(site, settings);
  }
  Value& input = *named_.at(site.layer.inputs.front());
  Value& output = add_value(site);
  if (const auto* conv_pool = std::get_if<ConvPoolLayers>(&group)) {
    steps_.push_back({make_conv_pool(site, *conv_pool, input, output), &output});
  } else {
    steps_.push_back(
        {make_panel_dense(site, std::get<DenseLayers>(group), input, output), &output});
  }
  named_[last_layer(group).name] = &output;
}

Value& Plan::add_value(const Site& site) {
  Value& value = values_.emplace_back();
  value.wants_gradient = purpose_ == Purpose::Observe || has_parameters(site.layer.operation) ||
                         std::ranges::any_of(site.layer.inputs, [this](const std::string& input) {
                           return named_.at(input)->wants_gradient;
                         });
  return value;
}

void Plan::add_layer(const Site& site, const Settings& settings) {
  Inputs inputs;
  for (const std::string& name : site.layer.inputs) {
    inputs.push_back(named_.at(name));
  }
  const Activation* separate = separate_activation(site.layer.operation);
  Value* output = &add_value(site);
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

void Plan::prepare_backward(const Settings& settings) {
  loss_.emplace(runtime_, settings.loss, settings.dialect.loss_reduction, *output_);
  for (const Step& step : steps_ | std::views::reverse) {
    if (step.output->wants_gradient) {
      step.operation->prepare_backward();
    }
  }
}

void Plan::run_forward(const Tensor& inputs) {
  std::ranges::copy(inputs.as<float>(), floats(values_.front().data));
  for (const Step& step : steps_) {
    step.operation->forward();
  }
}

double Plan::forward(const Batch& batch) {
  step_.masks = &batch.masks;
  run_forward(batch.inputs);
  return loss_->run(batch.labels);
}

void Plan::backward(const Update& update, Optimizer& optimizer) {
  step_.update = update;
  step_.optimizer = &optimizer;
  for (const Step& step : steps_ | std::views::reverse) {
    if (step.output->wants_gradient) {
      step.operation->backward();
    }
  }
}

Tensor Plan::predict(const Tensor& inputs) {
  run_forward(inputs);
  Tensor outputs(DType::F32, {output_->dims()[0], output_->dims()[1]});
  std::copy_n(floats(output_->data), outputs.size(), outputs.as<float>().data());
  return outputs;
}

TensorMap Plan::outputs() const {
  TensorMap tensors;
  for (const auto& [layer, value] : named_) {
    tensors.emplace(layer, canonical_tensor(runtime_, value->data));
  }
  return tensors;
}

TensorMap Plan::output_gradients() const {
  TensorMap tensors;
  for (const auto& [layer, value] : named_) {
    if (value->wants_gradient) {
      const OutputGradient gradient(runtime_, *value);
      gradient.run(runtime_);
      tensors.emplace(layer, canonical_tensor(runtime_, gradient.memory()));
    }
  }
  return tensors;
}

}  // namespace plumbline::fast
