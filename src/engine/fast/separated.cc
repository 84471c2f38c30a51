#include "engine/fast/separated.h"

#include <algorithm>
#include <map>
#include <optional>

namespace plumbline::fast {
namespace {

const std::string kSuffix = "/activation";

std::optional<Activation> take_activation(plumbline::Operation& operation) {
  std::optional<Activation> taken;
  if (auto* conv2d = std::get_if<Conv2d>(&operation)) {
    taken.swap(conv2d->activation);
  } else if (auto* dense = std::get_if<Dense>(&operation)) {
    taken.swap(dense->activation);
  }
  return taken;
}

}  // namespace

Network separated(Network network) {
  std::vector<Layer> layers;
  std::map<std::string, std::string> renamed;
  for (Layer& layer : network.layers) {
    for (std::string& input : layer.inputs) {
      const auto found = renamed.find(input);
      input = found == renamed.end() ? input : found->second;
    }
    const std::optional<Activation> activation = take_activation(layer.operation);
    layers.push_back(std::move(layer));
    if (activation) {
      const Layer& linear = layers.back();
      const std::string name = linear.name + kSuffix;
      renamed[linear.name] = name;
      layers.push_back({name, ActivationLayer{*activation}, {linear.name}, linear.output_shape});
    }
  }
  network.layers = std::move(layers);
  return network;
}

std::string node_name(const Network& separated, const std::string& layer) {
  if (layer.ends_with(kSuffix)) {
    return layer.substr(0, layer.size() - kSuffix.size());
  }
  const bool had_activation = std::ranges::any_of(
      separated.layers, [&layer](const Layer& other) { return other.name == layer + kSuffix; });
  return had_activation ? layer + "/linear" : layer;
}

}  // namespace plumbline::fast
