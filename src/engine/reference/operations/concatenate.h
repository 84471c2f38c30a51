#pragma once

#include <vector>

#include "engine/reference/array.h"

namespace plumbline::reference {

// Along the last axis: the channels of y are those of the first input, then those of the second,
// ...
template <typename Value>
[[nodiscard]] Array<Value> concatenate(const std::vector<const Array<Value>*>& xs) {
  Shape shape = xs.front()->shape();
  shape.back() = 0;
  for (const Array<Value>* x : xs) {
    shape.back() += x->channels();
  }
  Array<Value> y(shape);
  std::int64_t first = 0;  // channel of y where the input begins
  for (const Array<Value>* x : xs) {
    for (std::int64_t r = 0; r < x->rows(); ++r) {
      for (std::int64_t c = 0; c < x->channels(); ++c) {
        y(r, first + c) = (*x)(r, c);
      }
    }
    first += x->channels();
  }
  return y;
}

// The channels of dy that came from one input of shape `input`, from channel `first` on.
template <typename Value>
[[nodiscard]] Array<Value> concatenate_gradient(const Shape& input,
                                                const Array<Value>& dy,
                                                std::int64_t first) {
  Array<Value> dx(input);
  for (std::int64_t r = 0; r < dx.rows(); ++r) {
    for (std::int64_t c = 0; c < dx.channels(); ++c) {
      dx(r, c) = dy(r, first + c);
    }
  }
  return dx;
}

}  // namespace plumbline::reference
