#pragma once

#include <string>

#include "study/network.h"

namespace plumbline::fast {

// The same network with every activation a layer of its own, so that what goes into it can be seen:
// behind a layer L that had one stands "L/activation", and all that read L read that.
[[nodiscard]] Network separated(Network network);

// By a layer's name in the separated network, the operation's name in docs/protocol.md: "L/linear"
// for an L that had an activation, and L for that.
[[nodiscard]] std::string node_name(const Network& separated, const std::string& layer);

}  // namespace plumbline::fast
