#include "study/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>

#include "base/error.h"
#include "study/words.h"

namespace plumbline {
namespace {

constexpr const char* kInputName = "input";
constexpr std::size_t kMaxNameLength = 64;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct NameOf {
  std::string operator()(const Conv2d&) const { return "conv2d"; }
  std::string operator()(const MaxPool&) const { return "max_pool"; }
  std::string operator()(const AveragePool&) const { return "average_pool"; }
  std::string operator()(const GlobalAveragePool&) const { return "global_average_pool"; }
  std::string operator()(const Flatten&) const { return "flatten"; }
  std::string operator()(const Dense&) const { return "dense"; }
  std::string operator()(const Dropout&) const { return "dropout"; }
  std::string operator()(const BatchNorm&) const { return "batch_norm"; }
  std::string operator()(const LayerNorm&) const { return "layer_norm"; }
  std::string operator()(const Add&) const { return "add"; }
  std::string operator()(const Concatenate&) const { return "concatenate"; }
  std::string operator()(const ActivationLayer&) const { return "activation"; }
};

std::unordered_map<std::string, const Shape*> shapes_by_name(const Network& network) {
  std::unordered_map<std::string, const Shape*> shapes{{kInputName, &network.input}};
  for (const Layer& layer : network.layers) {
    shapes.emplace(layer.name, &layer.output_shape);
  }
  return shapes;
}

void check_name(const Layer& layer) {
  if (!is_layer_name(layer.name)) {
    throw UsageError(fmt::format(
        "A {} layer has no fit name. A name is a letter followed by letters, digits and "
        "'_', at most {} in all, and not 'input'.",
        operation_name(layer.operation),
        kMaxNameLength));
  }
}

std::vector<Shape> input_shapes(const Layer& layer,
                                const std::unordered_map<std::string, const Shape*>& known) {
  std::vector<Shape> shapes;
  for (const std::string& name : layer.inputs) {
    const auto found = known.find(name);
    if (found == known.end()) {
      throw UsageError(
          fmt::format("The layer '{}' names an input that is not a layer before it.", layer.name));
    }
    shapes.push_back(*found->second);
  }
  return shapes;
}

// Appends the parameters of one layer.
struct ParameterList {
  const Layer& layer;
  const Shape& input;
  std::vector<ParameterSpec>& list;

  void append(ParameterRole role, const char* name, Shape shape, std::array<std::int64_t, 2> fans) {
    list.push_back({layer.name + "/" + name, role, std::move(shape), fans[0], fans[1]});
  }
  void operator()(const Conv2d& conv) {
    const std::int64_t area = conv.kernel[0] * conv.kernel[1];
    const std::array<std::int64_t, 2> fans{area * input.back(), area * conv.filters};
    append(ParameterRole::Kernel,
           "kernel",
           {conv.kernel[0], conv.kernel[1], input.back(), conv.filters},
           fans);
    if (conv.bias) {
      append(ParameterRole::Bias, "bias", {conv.filters}, fans);
    }
  }
  void operator()(const Dense& dense) {
    const std::array<std::int64_t, 2> fans{input.back(), dense.units};
    append(ParameterRole::Kernel, "kernel", {input.back(), dense.units}, fans);
    if (dense.bias) {
      append(ParameterRole::Bias, "bias", {dense.units}, fans);
    }
  }
  void operator()(const BatchNorm&) {
    append_scale_and_shift();
    append(ParameterRole::MovingMean, "moving_mean", {input.back()}, {});
    append(ParameterRole::MovingVariance, "moving_variance", {input.back()}, {});
  }
  void operator()(const LayerNorm&) { append_scale_and_shift(); }
  template <typename Other>
  void operator()(const Other&) {}

  void append_scale_and_shift() {
    append(ParameterRole::Gamma, "gamma", {input.back()}, {});
    append(ParameterRole::Beta, "beta", {input.back()}, {});
  }
};

}  // namespace

std::string operation_name(const Operation& operation) {
  return std::visit(NameOf{}, operation);
}

const char* activation_name(ActivationKind kind) {
  return word_for(kActivationWords, kind);
}

bool is_layer_name(const std::string& name) {
  return !name.empty() && name.size() <= kMaxNameLength && name != kInputName &&
         is_letter(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '_';
         });
}

std::optional<std::size_t> unused_layer(const Network& network) {
  std::unordered_set<std::string> used;
  for (const Layer& layer : network.layers) {
    used.insert(layer.inputs.begin(), layer.inputs.end());
  }
  for (std::size_t i = 0; i + 1 < network.layers.size(); ++i) {
    if (!used.contains(network.layers[i].name)) {
      return i;
    }
  }
  return std::nullopt;
}

void infer_shapes(Network& network) {
  check_input_shape(network.input);
  if (network.layers.empty() || network.layers.size() > kMaxLayers) {
    throw UsageError(fmt::format(
        "A network has 1 to {} layers; this one has {}.", kMaxLayers, network.layers.size()));
  }
  std::unordered_map<std::string, const Shape*> known{{kInputName, &network.input}};
  for (Layer& layer : network.layers) {
    check_name(layer);
    layer.output_shape = infer_shape(layer, input_shapes(layer, known));
    if (!known.emplace(layer.name, &layer.output_shape).second) {
      throw UsageError(fmt::format("Two layers are named '{}'.", layer.name));
    }
  }
  if (const auto unused = unused_layer(network)) {
    throw UsageError(
        fmt::format("No layer takes the output of the layer '{}', and it is not the last one.",
                    network.layers[*unused].name));
  }
}

const Shape& shape_of(const Network& network, const std::string& name) {
  if (name == kInputName) {
    return network.input;
  }
  for (const Layer& layer : network.layers) {
    if (layer.name == name) {
      return layer.output_shape;
    }
  }
  throw Error(fmt::format("The network has no layer '{}'.", name));
}

std::vector<ParameterSpec> parameters(const Network& network) {
  const auto shapes = shapes_by_name(network);
  std::vector<ParameterSpec> list;
  for (const Layer& layer : network.layers) {
    const auto input = layer.inputs.empty() ? shapes.end() : shapes.find(layer.inputs.front());
    if (input == shapes.end() || input->second->empty()) {
      throw Error(fmt::format("The shapes of the layer '{}' are not worked out.", layer.name));
    }
    std::visit(ParameterList{layer, *input->second, list}, layer.operation);
  }
  return list;
}

}  // namespace plumbline
