#pragma once

#include <vector>

#include "engine/reference/arithmetic/float32.h"

namespace plumbline::parity {

// The float32 cloud: dialects in which a legal framework may sum and fuse. Sequential sums, which
// drift furthest, are included.
[[nodiscard]] std::vector<reference::Float32Dialect> cloud_dialects();

}  // namespace plumbline::parity
