#pragma once

#include "engine/dialect.h"
#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"
#include "engine/reference/window.h"

namespace plumbline::reference {

// y[n, p, q, c] = sum of x[n, p * stride + i - pad, q * stride + j - pad, c] over the taps i, j
// that look at an input, over their number: padded places are not counted (tf.nn.avg_pool2d,
// TensorFlow 2.21). With AverageOver::Window over the number of all taps.

// What the sum of output (p, q) is divided by.
[[nodiscard]] inline std::int64_t averaged_places(const Window& window,
                                                  AverageOver over,
                                                  std::int64_t p,
                                                  std::int64_t q) {
  if (over == AverageOver::Window) {
    return window.vertical.size * window.horizontal.size;
  }
  const Range rows = window.vertical.taps_of(p);
  const Range columns = window.horizontal.taps_of(q);
  return (rows.end - rows.begin) * (columns.end - columns.begin);
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> average_pool(const A& a,
                                        const Array<Value>& x,
                                        const Window& window,
                                        AverageOver over) {
  const WindowAxis& down = window.vertical;
  const WindowAxis& across = window.horizontal;
  Array<Value> y({x.extent(0), down.output, across.output, x.extent(3)});
  const auto average = [&](std::int64_t n, std::int64_t p, std::int64_t q, std::int64_t c) {
    auto sum = a.sum();
    for (auto [i, i_end] = down.taps_of(p); i < i_end; ++i) {
      for (auto [j, j_end] = across.taps_of(q); j < j_end; ++j) {
        sum.add(x(n, down.input_at(p, i), across.input_at(q, j), c));
      }
    }
    return sum.total() / a.constant(static_cast<double>(averaged_places(window, over, p, q)));
  };
  for (std::int64_t n = 0; n < y.extent(0); ++n) {
    for (std::int64_t p = 0; p < y.extent(1); ++p) {
      for (std::int64_t q = 0; q < y.extent(2); ++q) {
        for (std::int64_t c = 0; c < y.extent(3); ++c) {
          y(n, p, q, c) = average(n, p, q, c);
        }
      }
    }
  }
  return y;
}

// dx[n, y, x, c] = sum over the outputs p, q that see (y, x) of dy[n, p, q, c] / (places averaged)
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> average_pool_gradient(const A& a,
                                                 const Shape& input,
                                                 const Array<Value>& dy,
                                                 const Window& window,
                                                 AverageOver over) {
  const WindowAxis& down = window.vertical;
  const WindowAxis& across = window.horizontal;
  Array<Value> dx(input);
  const auto gradient = [&](std::int64_t n, std::int64_t y, std::int64_t x, std::int64_t c) {
    auto sum = a.sum();
    for (auto [p, p_end] = down.outputs_seeing(y); p < p_end; ++p) {
      for (auto [q, q_end] = across.outputs_seeing(x); q < q_end; ++q) {
        const auto count = static_cast<double>(averaged_places(window, over, p, q));
        sum.add(dy(n, p, q, c) / a.constant(count));
      }
    }
    return sum.total();
  };
  for (std::int64_t n = 0; n < dx.extent(0); ++n) {
    for (std::int64_t y = 0; y < dx.extent(1); ++y) {
      for (std::int64_t x = 0; x < dx.extent(2); ++x) {
        for (std::int64_t c = 0; c < dx.extent(3); ++c) {
          dx(n, y, x, c) = gradient(n, y, x, c);
        }
      }
    }
  }
  return dx;
}

}  // namespace plumbline::reference
