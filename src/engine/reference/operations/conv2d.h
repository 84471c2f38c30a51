#pragma once

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"
#include "engine/reference/window.h"

namespace plumbline::reference {

// Two-dimensional cross-correlation; a kernel that the dialect flips is flipped before
// (kernel_order.h). The bias is in bias.h.
//   x (batch, height, width, in), y (batch, output height, output width, out)
//   kernel w (taps down, taps across, in, out)
//   y[n, p, q, o] = sum over i, j, c of
//                   x[n, p * stride + i - pad, q * stride + j - pad, c] * w[i, j, c, o]
// Source: tf.nn.conv2d of TensorFlow 2.21, data_format NHWC.

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> conv2d(const A& a,
                                  const Array<Value>& x,
                                  const Array<Value>& w,
                                  const Window& window) {
  const WindowAxis& down = window.vertical;
  const WindowAxis& across = window.horizontal;
  Array<Value> y({x.extent(0), down.output, across.output, w.channels()});
  const auto output = [&](std::int64_t n, std::int64_t p, std::int64_t q, std::int64_t o) {
    auto sum = a.sum();
    for (auto [i, i_end] = down.taps_of(p); i < i_end; ++i) {
      for (auto [j, j_end] = across.taps_of(q); j < j_end; ++j) {
        for (std::int64_t c = 0; c < x.channels(); ++c) {
          sum.add_product(x(n, down.input_at(p, i), across.input_at(q, j), c), w(i, j, c, o));
        }
      }
    }
    return sum.total();
  };
  for (std::int64_t n = 0; n < x.extent(0); ++n) {
    for (std::int64_t p = 0; p < down.output; ++p) {
      for (std::int64_t q = 0; q < across.output; ++q) {
        for (std::int64_t o = 0; o < w.channels(); ++o) {
          y(n, p, q, o) = output(n, p, q, o);
        }
      }
    }
  }
  return y;
}

// dx[n, y, x, c] = sum over o, and the outputs p, q that see (y, x) by taps i, j, of
//                  dy[n, p, q, o] * w[i, j, c, o]
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> conv2d_input_gradient(const A& a,
                                                 const Shape& input,
                                                 const Array<Value>& w,
                                                 const Array<Value>& dy,
                                                 const Window& window) {
  const WindowAxis& down = window.vertical;
  const WindowAxis& across = window.horizontal;
  Array<Value> dx(input);
  const auto gradient = [&](std::int64_t n, std::int64_t y, std::int64_t x, std::int64_t c) {
    auto sum = a.sum();
    for (auto [p, p_end] = down.outputs_seeing(y); p < p_end; ++p) {
      for (auto [q, q_end] = across.outputs_seeing(x); q < q_end; ++q) {
        for (std::int64_t o = 0; o < w.channels(); ++o) {
          sum.add_product(dy(n, p, q, o), w(down.tap_seeing(y, p), across.tap_seeing(x, q), c, o));
        }
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

// dw[i, j, c, o] = sum over n, p, q of
//                  x[n, p * stride + i - pad, q * stride + j - pad, c] * dy[n, p, q, o]
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> conv2d_kernel_gradient(const A& a,
                                                  const Array<Value>& x,
                                                  const Shape& kernel,
                                                  const Array<Value>& dy,
                                                  const Window& window) {
  const WindowAxis& down = window.vertical;
  const WindowAxis& across = window.horizontal;
  Array<Value> dw(kernel);
  const auto gradient = [&](std::int64_t i, std::int64_t j, std::int64_t c, std::int64_t o) {
    auto sum = a.sum();
    for (std::int64_t n = 0; n < x.extent(0); ++n) {
      for (auto [p, p_end] = down.outputs_of_tap(i); p < p_end; ++p) {
        for (auto [q, q_end] = across.outputs_of_tap(j); q < q_end; ++q) {
          sum.add_product(x(n, down.input_at(p, i), across.input_at(q, j), c), dy(n, p, q, o));
        }
      }
    }
    return sum.total();
  };
  for (std::int64_t i = 0; i < dw.extent(0); ++i) {
    for (std::int64_t j = 0; j < dw.extent(1); ++j) {
      for (std::int64_t c = 0; c < dw.extent(2); ++c) {
        for (std::int64_t o = 0; o < dw.extent(3); ++o) {
          dw(i, j, c, o) = gradient(i, j, c, o);
        }
      }
    }
  }
  return dw;
}

}  // namespace plumbline::reference
