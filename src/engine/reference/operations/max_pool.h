#pragma once

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"
#include "engine/reference/window.h"

namespace plumbline::reference {

// y[n, p, q, c] = the largest x[n, p * stride + i - pad, q * stride + j - pad, c] over the taps i,
// j that look at an input: padded places never win (tf.nn.max_pool2d, TensorFlow 2.21).

// The inputs that one output looks at, row by row.
template <typename Value>
void gather_window(const Array<Value>& x,
                   const Window& window,
                   const std::array<std::int64_t, 4>& output,
                   std::vector<Value>& seen) {
  const WindowAxis& down = window.vertical;
  const WindowAxis& across = window.horizontal;
  const auto [n, p, q, c] = output;
  seen.clear();
  for (auto [i, i_end] = down.taps_of(p); i < i_end; ++i) {
    for (auto [j, j_end] = across.taps_of(q); j < j_end; ++j) {
      seen.push_back(x(n, down.input_at(p, i), across.input_at(q, j), c));
    }
  }
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> max_pool(const A& a, const Array<Value>& x, const Window& window) {
  Array<Value> y({x.extent(0), window.vertical.output, window.horizontal.output, x.extent(3)});
  std::vector<Value> seen;
  for (std::int64_t n = 0; n < y.extent(0); ++n) {
    for (std::int64_t p = 0; p < y.extent(1); ++p) {
      for (std::int64_t q = 0; q < y.extent(2); ++q) {
        for (std::int64_t c = 0; c < y.extent(3); ++c) {
          gather_window(x, window, {n, p, q, c}, seen);
          y(n, p, q, c) = a.maximum(seen);
        }
      }
    }
  }
  return y;
}

// dy[n, p, q, c] goes to the largest input of its window; of several as the dialect has it
// (PoolTies).
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> max_pool_gradient(const A& a,
                                             const Array<Value>& x,
                                             const Array<Value>& dy,
                                             const Window& window,
                                             PoolTies ties) {
  const WindowAxis& down = window.vertical;
  const WindowAxis& across = window.horizontal;
  Array<Value> dx(x.shape());
  std::vector<Value> seen;
  std::vector<Value> gates;
  const auto scatter = [&](std::int64_t n, std::int64_t p, std::int64_t q, std::int64_t c) {
    gather_window(x, window, {n, p, q, c}, seen);
    gates.resize(seen.size());
    a.winners(seen, ties, gates);
    auto gate = gates.begin();
    for (auto [i, i_end] = down.taps_of(p); i < i_end; ++i) {
      for (auto [j, j_end] = across.taps_of(q); j < j_end; ++j) {
        Value& gradient = dx(n, down.input_at(p, i), across.input_at(q, j), c);
        gradient = gradient + *gate++ * dy(n, p, q, c);
      }
    }
  };
  for (std::int64_t n = 0; n < dy.extent(0); ++n) {
    for (std::int64_t p = 0; p < dy.extent(1); ++p) {
      for (std::int64_t q = 0; q < dy.extent(2); ++q) {
        for (std::int64_t c = 0; c < dy.extent(3); ++c) {
          scatter(n, p, q, c);
        }
      }
    }
  }
  return dx;
}

}  // namespace plumbline::reference
