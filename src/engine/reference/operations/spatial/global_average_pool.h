#pragma once

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"

namespace plumbline::reference {

// x (batch, height, width, channels), y (batch, channels)
// y[n, c] = mean over all places of x[n, place, c]

[[nodiscard]] inline std::int64_t places_of(const Shape& input) {
  return input[1] * input[2];
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> global_average_pool(const A& a, const Array<Value>& x) {
  const std::int64_t places = places_of(x.shape());
  Array<Value> y({x.extent(0), x.channels()});
  for (std::int64_t n = 0; n < y.rows(); ++n) {
    for (std::int64_t c = 0; c < y.channels(); ++c) {
      auto sum = a.sum();
      for (std::int64_t place = 0; place < places; ++place) {
        sum.add(x(n * places + place, c));
      }
      y(n, c) = sum.total() / a.constant(static_cast<double>(places));
    }
  }
  return y;
}

// dx[n, place, c] = dy[n, c] / places
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> global_average_pool_gradient(const A& a,
                                                        const Shape& input,
                                                        const Array<Value>& dy) {
  const std::int64_t places = places_of(input);
  Array<Value> dx(input);
  for (std::int64_t r = 0; r < dx.rows(); ++r) {
    for (std::int64_t c = 0; c < dx.channels(); ++c) {
      dx(r, c) = dy(r / places, c) / a.constant(static_cast<double>(places));
    }
  }
  return dx;
}

}  // namespace plumbline::reference
