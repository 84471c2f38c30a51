#pragma once

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"

namespace plumbline::reference {

// y[..., c] = x[..., c] + b[c], the second half of conv2d and dense. Its gradient for x is dy
// itself.
template <typename Value>
[[nodiscard]] Array<Value> add_bias(const Array<Value>& x, const Array<Value>& b) {
  Array<Value> y(x.shape());
  for (std::int64_t r = 0; r < x.rows(); ++r) {
    for (std::int64_t c = 0; c < x.channels(); ++c) {
      y(r, c) = x(r, c) + b(c);
    }
  }
  return y;
}

// db[c] = sum of dy[..., c]
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> bias_gradient(const A& a, const Array<Value>& dy) {
  Array<Value> db({dy.channels()});
  for (std::int64_t c = 0; c < dy.channels(); ++c) {
    auto sum = a.sum();
    for (std::int64_t r = 0; r < dy.rows(); ++r) {
      sum.add(dy(r, c));
    }
    db(c) = sum.total();
  }
  return db;
}

}  // namespace plumbline::reference
