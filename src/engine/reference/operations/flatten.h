#pragma once

#include "engine/reference/array.h"

namespace plumbline::reference {

// (batch, height, width, channels) -> (batch, height * width * channels), row-major: nothing moves.
template <typename Value>
[[nodiscard]] Array<Value> flatten(const Array<Value>& x) {
  return x.reshaped({x.extent(0), x.size() / x.extent(0)});
}

template <typename Value>
[[nodiscard]] Array<Value> flatten_gradient(const Shape& input, const Array<Value>& dy) {
  return dy.reshaped(input);
}

}  // namespace plumbline::reference
