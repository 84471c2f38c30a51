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
