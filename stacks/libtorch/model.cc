#include "model.h"

#include <variant>

#include "layers.h"

namespace {

using plumbline::Activation;
using plumbline::ActivationKind;
using plumbline::Padding;
using plumbline::Shape;
namespace nn = torch::nn;

using Pair = std::array<std::int64_t, 2>;

// TensorFlow's "same": of an odd amount of padding the larger half goes to the end.
struct Paddings {
  Pair before{};  // height, width
  Pair after{};
  [[nodiscard]] bool even() const { return before == after; }
  [[nodiscard]] std::vector<std::int64_t> torch_order() const {
    return {before[1], after[1], before[0], after[0]};
  }
};

Paddings paddings(const Shape& image, const Pair& size, const Pair& stride, Padding padding) {
  Paddings result;
  for (std::size_t axis = 0; padding == Padding::Same && axis < 2; ++axis) {
    const std::int64_t outputs = (image[axis] + stride[axis] - 1) / stride[axis];
    const std::int64_t total =
        std::max<std::int64_t>(0, (outputs - 1) * stride[axis] + size[axis] - image[axis]);
    result.before[axis] = total / 2;
    result.after[axis] = total - total / 2;
  }
  return result;
}

// Adds the modules of one layer with one input, whose shape is `input`.
struct AddModules {
  nn::Sequential& modules;
  const Shape& input;
  bool controlled;

  void operator()(const plumbline::Conv2d& conv2d) const {
    const Paddings pads = paddings(input, conv2d.kernel, conv2d.stride, conv2d.padding);
    nn::Conv2dOptions options(input[2], conv2d.filters, conv2d.kernel);
    options.stride(conv2d.stride).bias(conv2d.bias);
    if (pads.even()) {
      options.padding(nn::Conv2dOptions::padding_t(torch::ExpandingArray<2>(pads.before)));
    } else {
      modules->push_back(nn::ZeroPad2d(nn::ZeroPad2dOptions(pads.torch_order())));
    }
    modules->push_back(nn::Conv2d(options));
    add_optional(conv2d.activation);
  }
  void operator()(const plumbline::MaxPool& pool) const {
    const Paddings pads = paddings(input, pool.size, pool.stride, pool.padding);
    nn::MaxPool2dOptions options(pool.size);
    options.stride(pool.stride);
    if (pads.even()) {
      options.padding(pads.before);
    } else {
      modules->push_back(nn::ConstantPad2d(
          nn::ConstantPad2dOptions(pads.torch_order(), -std::numeric_limits<double>::infinity())));
    }
    modules->push_back(nn::MaxPool2d(options));
  }
  void operator()(const plumbline::AveragePool& pool) const {
    const Paddings pads = paddings(input, pool.size, pool.stride, pool.padding);
    if (!pads.even()) {
      modules->push_back(
          PaddedAveragePool(pool.size, pool.stride, pads.torch_order(), Pair{input[0], input[1]}));
      return;
    }
    nn::AvgPool2dOptions options(pool.size);
    options.stride(pool.stride).padding(pads.before).count_include_pad(false);
    modules->push_back(nn::AvgPool2d(options));
  }
  void operator()(const plumbline::GlobalAveragePool&) const {
    modules->push_back(nn::AdaptiveAvgPool2d(nn::AdaptiveAvgPool2dOptions(1)));
    modules->push_back(nn::Flatten());
  }
  void operator()(const plumbline::Flatten&) const {
    if (input.size() == 3) {
      modules->push_back(Flatten());
    } else {
      modules->push_back(nn::Identity());
    }
  }
  void operator()(const plumbline::Dense& dense) const {
    modules->push_back(nn::Linear(nn::LinearOptions(input[0], dense.units).bias(dense.bias)));
    add_optional(dense.activation);
  }
  void operator()(const plumbline::Dropout& dropout) const {
    if (controlled) {
      modules->push_back(MaskedDropout(dropout.rate));
    } else {
      modules->push_back(nn::Dropout(dropout.rate));
    }
  }
  void operator()(const plumbline::BatchNorm& norm) const {
    nn::BatchNormOptions options(input.back());
    if (norm.momentum) {
      options.momentum(1.0 - *norm.momentum);  // LibTorch's is the new value's share
    }
    if (norm.epsilon) {
      options.eps(*norm.epsilon);
    }
    if (input.size() == 3) {
      modules->push_back(nn::BatchNorm2d(options));
    } else {
      modules->push_back(nn::BatchNorm1d(options));
    }
  }
  void operator()(const plumbline::LayerNorm& norm) const {
    nn::LayerNormOptions options({input.back()});
    if (norm.epsilon) {
      options.eps(*norm.epsilon);
    }
    if (input.size() == 3) {
      modules->push_back(ChannelLayerNorm(options));
    } else {
      modules->push_back(nn::LayerNorm(options));
    }
  }
  void operator()(const plumbline::ActivationLayer& layer) const { add(layer.activation); }
  void operator()(const plumbline::Add&) const {}
  void operator()(const plumbline::Concatenate&) const {}

 private:
  void add_optional(const std::optional<Activation>& activation) const {
    if (activation) {
      add(*activation);
    }
  }
  void add(const Activation& activation) const {
    switch (activation.kind) {
      case ActivationKind::Relu:
        modules->push_back(nn::ReLU());
        return;
      case ActivationKind::LeakyRelu: {
        nn::LeakyReLUOptions options;
        if (activation.slope) {
          options.negative_slope(*activation.slope);
        }
        modules->push_back(nn::LeakyReLU(options));
        return;
      }
      case ActivationKind::Tanh:
        modules->push_back(nn::Tanh());
        return;
      case ActivationKind::Sigmoid:
        modules->push_back(nn::Sigmoid());
        return;
      case ActivationKind::Gelu: {
        nn::GELUOptions options;
        if (activation.approximate) {
          options.approximate(*activation.approximate ? "tanh" : "none");
        }
        modules->push_back(nn::GELU(options));
        return;
      }
    }
  }
};

using Parameters = std::map<std::string, ModelImpl::Parameter>;

void add_vector(Parameters& parameters, const std::string& name, const torch::Tensor& vector) {
  if (vector.defined()) {
    parameters[name] = {vector, {0}};
  }
}

void add_norm(Parameters& parameters,
              const std::string& layer,
              const torch::Tensor& weight,
              const torch::Tensor& bias) {
  add_vector(parameters, layer + "/gamma", weight);
  add_vector(parameters, layer + "/beta", bias);
}

template <typename Norm>
void add_batch_norm(Parameters& parameters, const std::string& layer, const Norm& norm) {
  add_norm(parameters, layer, norm.weight, norm.bias);
  add_vector(parameters, layer + "/moving_mean", norm.running_mean);
  add_vector(parameters, layer + "/moving_variance", norm.running_var);
}

void add_parameters(Parameters& parameters, const std::string& layer, nn::Module& module) {
  if (auto* conv2d = module.as<nn::Conv2dImpl>()) {
    parameters[layer + "/kernel"] = {conv2d->weight, {2, 3, 1, 0}};
    add_vector(parameters, layer + "/bias", conv2d->bias);
  } else if (auto* linear = module.as<nn::LinearImpl>()) {
    parameters[layer + "/kernel"] = {linear->weight, {1, 0}};
    add_vector(parameters, layer + "/bias", linear->bias);
  } else if (auto* batch_norm_2d = module.as<nn::BatchNorm2dImpl>()) {
    add_batch_norm(parameters, layer, *batch_norm_2d);
  } else if (auto* batch_norm_1d = module.as<nn::BatchNorm1dImpl>()) {
    add_batch_norm(parameters, layer, *batch_norm_1d);
  } else if (auto* layer_norm = module.as<nn::LayerNormImpl>()) {
    add_norm(parameters, layer, layer_norm->weight, layer_norm->bias);
  }
}

// Whether the layer has an activation beside its own operation.
bool has_activation(const plumbline::Operation& operation) {
  if (const auto* conv2d = std::get_if<plumbline::Conv2d>(&operation)) {
    return conv2d->activation.has_value();
  }
  const auto* dense = std::get_if<plumbline::Dense>(&operation);
  return dense != nullptr && dense->activation.has_value();
}

}  // namespace

ModelImpl::ModelImpl(const plumbline::Network& network, bool controlled) {
  std::map<std::string, std::size_t> positions{{"input", 0}};
  for (const plumbline::Layer& layer : network.layers) {
    Step step{.layer = layer.name, .inputs = {}, .modules = nn::Sequential()};
    for (const std::string& input : layer.inputs) {
      step.inputs.push_back(positions.at(input));
    }
    step.adds = std::holds_alternative<plumbline::Add>(layer.operation);
    step.activated = has_activation(layer.operation);
    std::visit(AddModules{step.modules, shape_of(network, layer.inputs.front()), controlled},
               layer.operation);
    register_module(layer.name, step.modules);
    positions.emplace(layer.name, positions.size());
    steps_.push_back(std::move(step));
  }
}

torch::Tensor ModelImpl::seen(const std::string& name, torch::Tensor y) {
  if (seen_ == nullptr) {
    return y;
  }
  if (torch::GradMode::is_enabled()) {
    if (!y.requires_grad()) {
      y.requires_grad_();  // it comes before the first weight
    }
    y.retain_grad();
  }
  seen_->emplace(name, y);
  return y;
}

torch::Tensor ModelImpl::through_modules(Step& step, const torch::Tensor& x) {
  if (seen_ == nullptr) {
    return step.modules->forward(x);
  }
  torch::Tensor y = x.view_as(x);  // as nn::Identity gives back what it is given
  std::size_t left = step.modules->size();
  for (nn::AnyModule& module : *step.modules) {
    y = module.forward(y);
    if (--left == 1 && step.activated) {
      y = seen(step.layer + "/linear", y);
    }
  }
  return seen(step.layer, y);
}

torch::Tensor ModelImpl::forward(const torch::Tensor& x) {
  if (seen_ != nullptr) {
    seen_->emplace("input", x);
  }
  std::vector<torch::Tensor> values{x};
  for (Step& step : steps_) {
    if (!step.modules->is_empty()) {
      values.push_back(through_modules(step, values[step.inputs.front()]));
      continue;
    }
    std::vector<torch::Tensor> inputs;
    for (const std::size_t position : step.inputs) {
      inputs.push_back(values[position]);
    }
    if (step.adds) {
      torch::Tensor sum = inputs[0];
      for (std::size_t i = 1; i < inputs.size(); ++i) {
        sum = sum + inputs[i];
      }
      values.push_back(seen(step.layer, sum));
    } else {
      values.push_back(seen(step.layer, torch::cat(inputs, 1)));
    }
  }
  return values.back();
}

std::map<std::string, ModelImpl::Parameter> ModelImpl::canonical_parameters() {
  Parameters parameters;
  for (Step& step : steps_) {
    for (const std::shared_ptr<nn::Module>& module : step.modules->children()) {
      add_parameters(parameters, step.layer, *module);
    }
  }
  return parameters;
}

std::map<std::string, torch::Tensor> ModelImpl::canonical_views() {
  std::map<std::string, torch::Tensor> views;
  for (const auto& [name, parameter] : canonical_parameters()) {
    views.emplace(name, parameter.canonical(parameter.tensor));
  }
  return views;
}

void ModelImpl::set_mask(const std::string& layer, const torch::Tensor& mask) {
  for (Step& step : steps_) {
    if (step.layer == layer) {
      auto* dropout = step.modules->ptr(0)->as<MaskedDropoutImpl>();
      TORCH_CHECK(dropout != nullptr, "The layer '", layer, "' takes no mask.");
      dropout->mask = mask.dim() == 4 ? mask.permute({0, 3, 1, 2}) : mask;
      return;
    }
  }
  TORCH_CHECK(false, "There is a mask for '", layer, "', which is no layer of the network.");
}
