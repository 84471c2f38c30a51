#pragma once

#include "engine/reference/array.h"

namespace plumbline::reference {

// y = x_1 + x_2. Of more inputs, add(add(x_1, x_2), x_3). Its gradient for every input is dy
// itself.
template <typename Value>
[[nodiscard]] Array<Value> add(const Array<Value>& x_1, const Array<Value>& x_2) {
  Array<Value> y(x_1.shape());
  for (std::int64_t e = 0; e < y.size(); ++e) {
    y(e) = x_1(e) + x_2(e);
  }
  return y;
}

}  // namespace plumbline::reference
