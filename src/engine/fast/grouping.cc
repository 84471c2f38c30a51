#include "engine/fast/grouping.h"

#include <map>
#include <set>

#include "engine/fast/instruction_set.h"

namespace plumbline::fast {
namespace {

bool is_relu_or_none(const std::optional<Activation>& activation) {
  return !activation || activation->kind == ActivationKind::Relu;
}

bool fits_conv_pool(const Conv2d& conv2d) {
  return conv2d.stride == std::array<std::int64_t, 2>{1, 1} && is_relu_or_none(conv2d.activation);
}

// The kernels tell the places of a window apart by a byte.
constexpr std::int64_t kMostPlaces = 255;

bool fits_conv_pool(const MaxPool& pool, const Shape& image) {
  if (pool.stride != pool.size || pool.size[0] * pool.size[1] > kMostPlaces) {
    return false;
  }
  return pool.padding == Padding::Valid ||
         (image[0] % pool.size[0] == 0 && image[1] % pool.size[1] == 0);
}

// The kernels count floats of one padded image in 32 bits.
bool is_countable(const Conv2d& conv2d, const Shape& input, const Shape& output) {
  constexpr std::int64_t kMost = std::int64_t{1} << 30;
  const std::int64_t rows = output[0] + conv2d.kernel[0];
  const std::int64_t columns = output[1] + conv2d.kernel[1];
  return rows < kMost / columns && rows * columns < kMost / input[2];
}

class Grouping {
 public:
  explicit Grouping(const Network& network) : network_(network) {
    for (const Layer& layer : network.layers) {
      for (const std::string& input : layer.inputs) {
        users_[input].push_back(&layer);
      }
    }
  }

  std::vector<LayerGroup> groups() {
    std::vector<LayerGroup> found;
    for (const Layer& layer : network_.layers) {
      if (!joined_.contains(&layer)) {
        found.push_back(group_from(layer));
        joined_.insert(&last_layer(found.back()));
      }
    }
    return found;
  }

 private:
  // The layer behind this one if it alone looks at it, and is of the kind `After`; else null.
  template <typename After>
  const Layer* follower(const Layer& layer) const {
    const auto users = users_.find(layer.name);
    if (users == users_.end() || users->second.size() != 1) {
      return nullptr;
    }
    const Layer* user = users->second.front();
    return std::holds_alternative<After>(user->operation) ? user : nullptr;
  }

  LayerGroup group_from(const Layer& layer) const {
    if (const auto* conv2d = std::get_if<Conv2d>(&layer.operation)) {
      const Layer* pool = follower<MaxPool>(layer);
      if (pool != nullptr && fits_conv_pool(*conv2d) &&
          fits_conv_pool(std::get<MaxPool>(pool->operation), layer.output_shape) &&
          is_countable(*conv2d, shape_of(network_, layer.inputs.front()), layer.output_shape)) {
        return ConvPoolLayers{&layer, pool};
      }
    }
    if (const auto* dense = std::get_if<Dense>(&layer.operation)) {
      if (is_relu_or_none(dense->activation)) {
        return DenseLayers{&layer, follower<Dropout>(layer)};
      }
    }
    return SingleLayer{&layer};
  }

  const Network& network_;
  std::map<std::string, std::vector<const Layer*>> users_;
  std::set<const Layer*> joined_;
};

}  // namespace

std::vector<LayerGroup> group_layers(const Network& network, Kernels kernels) {
  const bool own =
      kernels == Kernels::Own ||
      (kernels == Kernels::Fastest && chosen_instruction_set() != InstructionSet::Portable);
  if (own) {
    return Grouping(network).groups();
  }
  std::vector<LayerGroup> singles;
  for (const Layer& layer : network.layers) {
    singles.emplace_back(SingleLayer{&layer});
  }
  return singles;
}

const Layer& first_layer(const LayerGroup& group) {
  if (const auto* conv_pool = std::get_if<ConvPoolLayers>(&group)) {
    return *conv_pool->conv2d;
  }
  if (const auto* dense = std::get_if<DenseLayers>(&group)) {
    return *dense->dense;
  }
  return *std::get<SingleLayer>(group).layer;
}

const Layer& last_layer(const LayerGroup& group) {
  if (const auto* conv_pool = std::get_if<ConvPoolLayers>(&group)) {
    return *conv_pool->max_pool;
  }
  if (const auto* dense = std::get_if<DenseLayers>(&group)) {
    return dense->dropout != nullptr ? *dense->dropout : *dense->dense;
  }
  return *std::get<SingleLayer>(group).layer;
}

}  // namespace plumbline::fast
