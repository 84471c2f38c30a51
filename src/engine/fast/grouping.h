#pragma once

#include <variant>
#include <vector>

#include "study/network.h"

namespace plumbline::fast {

// Which layers of a network one operation does together.

// A layer by itself.
struct SingleLayer {
  const Layer* layer;
};
// conv2d of stride 1 without an activation or with relu, and the max_pool behind it, whose windows
// neither overlap nor leave the image.
struct ConvPoolLayers {
  const Layer* conv2d;
  const Layer* max_pool;
};
// dense without an activation or with relu, and the dropout behind it if there is one.
struct DenseLayers {
  const Layer* dense;
  const Layer* dropout;  // null for none
};
using LayerGroup = std::variant<SingleLayer, ConvPoolLayers, DenseLayers>;

// By what a network is trained.
enum class Kernels {
  Fastest,  // Own with AVX2 or AVX-512; on other machines OneDnn
  Own,      // our own where they fit, oneDNN's elsewhere
  OneDnn,   // oneDNN's, and our own only where it has none whose bits do not depend on threads
};

// The groups of a network in the order of their first layers. Layers are joined where nothing else
// looks at what is between them. Pointers are into `network`.
[[nodiscard]] std::vector<LayerGroup> group_layers(const Network& network, Kernels kernels);

// The layer whose output is the group's, and the one whose inputs are.
[[nodiscard]] const Layer& last_layer(const LayerGroup& group);
[[nodiscard]] const Layer& first_layer(const LayerGroup& group);

}  // namespace plumbline::fast
