#include "engine/reference/graph.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace plumbline::reference {
namespace {

// Takes the fused activation out of the layer, if it has one.
std::optional<Activation> take_activation(Operation& operation) {
  std::optional<Activation> taken;
  if (auto* conv2d = std::get_if<Conv2d>(&operation)) {
    taken.swap(conv2d->activation);
  } else if (auto* dense = std::get_if<Dense>(&operation)) {
    taken.swap(dense->activation);
  }
  return taken;
}

Shape with_batch(std::int64_t batch, const Shape& shape) {
  Shape whole{batch};
  whole.insert(whole.end(), shape.begin(), shape.end());
  return whole;
}

void require_shape(const std::string& what, const Shape& found, const Shape& expected) {
  if (found != expected) {
    throw Error(fmt::format(
        "{} has the shape {}, but {} is needed.", what, to_string(found), to_string(expected)));
  }
}

void require_dtype(const std::string& what, const Tensor& tensor, DType expected) {
  if (tensor.dtype() != expected) {
    throw Error(fmt::format("{} has the dtype {}, but {} is needed.",
                            what,
                            safetensors_name(tensor.dtype()),
                            safetensors_name(expected)));
  }
}

}  // namespace

std::vector<Node> expand(const Network& network) {
  std::vector<Node> nodes;
  for (const Layer& layer : network.layers) {
    Layer linear = layer;
    const std::optional<Activation> activation = take_activation(linear.operation);
    if (!activation) {
      nodes.push_back({layer, layer.name});
      continue;
    }
    linear.name = layer.name + "/linear";
    nodes.push_back({linear, layer.name});
    nodes.push_back({{layer.name, ActivationLayer{*activation}, {linear.name}, layer.output_shape},
                     layer.name});
  }
  return nodes;
}

void check_state(const Network& network, const TensorMap& state) {
  for (const ParameterSpec& parameter : parameters(network)) {
    const auto found = state.find(parameter.name);
    if (found == state.end()) {
      throw Error(fmt::format("The parameter '{}' is missing from the state.", parameter.name));
    }
    require_shape(
        fmt::format("The parameter '{}'", parameter.name), found->second.shape(), parameter.shape);
    require_dtype(fmt::format("The parameter '{}'", parameter.name), found->second, DType::F32);
  }
}

void check_inputs(const Network& network, const Shape& inputs) {
  if (inputs.empty() || inputs.front() < 1) {
    throw Error(fmt::format(
        "The inputs have the shape {}, but their first axis must be a batch of one or more.",
        to_string(inputs)));
  }
  require_shape("The input batch", inputs, with_batch(inputs.front(), network.input));
}

void check_labels(const Network& network,
                  const Shape& inputs,
                  std::span<const std::int64_t> labels) {
  if (static_cast<std::int64_t>(labels.size()) != inputs.front()) {
    throw Error(
        fmt::format("A batch of {} inputs came with {} labels.", inputs.front(), labels.size()));
  }
  const Layer& last = network.layers.back();
  if (last.output_shape.size() != 1) {
    throw Error(
        fmt::format("The last layer '{}' gives {}, but the losses need a single axis, the classes.",
                    last.name,
                    to_string(last.output_shape)));
  }
  for (const std::int64_t label : labels) {
    if (label < 0 || label >= last.output_shape.front()) {
      throw Error(fmt::format("The label {} is not one of the {} outputs of layer '{}'.",
                              label,
                              last.output_shape.front(),
                              last.name));
    }
  }
}

void check_masks(const Network& network, const Shape& inputs, const TensorMap& masks) {
  for (const Layer& layer : network.layers) {
    if (!std::holds_alternative<Dropout>(layer.operation)) {
      continue;
    }
    const auto mask = masks.find(layer.name);
    if (mask == masks.end()) {
      throw Error(fmt::format("The batch has no mask for the dropout layer '{}'.", layer.name));
    }
    const std::string what = fmt::format("The mask of the dropout layer '{}'", layer.name);
    require_shape(what, mask->second.shape(), with_batch(inputs.front(), layer.output_shape));
    require_dtype(what, mask->second, DType::U8);
  }
}

void check_output(const Layer& layer, const Shape& output) {
  if (!std::equal(
          output.begin() + 1, output.end(), layer.output_shape.begin(), layer.output_shape.end())) {
    throw Error(fmt::format("Layer '{}' gave the shape {} (batch first), but its network says {}.",
                            layer.name,
                            to_string(output),
                            to_string(layer.output_shape)));
  }
}

}  // namespace plumbline::reference
