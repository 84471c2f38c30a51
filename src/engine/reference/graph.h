#pragma once

#include <string>
#include <vector>

#include "study/network.h"

namespace plumbline::reference {

// One operation to compute. A layer with a fused activation is two: "<layer>/linear" and then the
// activation under the layer's own name. Parameters keep the layer's name.
struct Node {
  Layer layer;
  std::string parameters;  // prefix of the parameters' names: the layer of the study
};

[[nodiscard]] std::vector<Node> expand(const Network& network);

// Every parameter of the network, F32, and (batch_check.h) what else comes from outside, is looked
// at once, at the boundary. Both throw Error with a sentence that names the object at fault, what
// it is and what it should be.
void check_state(const Network& network, const TensorMap& state);
// That the operation gave the shape that the network says, without the batch.
void check_output(const Layer& layer, const Shape& output);

}  // namespace plumbline::reference
