#pragma once

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"

namespace plumbline::reference {

// A matrix product. The bias is an operation of its own (bias.h).
//   x (batch, in), kernel w (in, out), y (batch, out)
//   y[n, o] = sum over c of x[n, c] * w[c, o]

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> dense(const A& a, const Array<Value>& x, const Array<Value>& w) {
  Array<Value> y({x.rows(), w.channels()});
  for (std::int64_t n = 0; n < y.rows(); ++n) {
    for (std::int64_t o = 0; o < y.channels(); ++o) {
      auto sum = a.sum();
      for (std::int64_t c = 0; c < x.channels(); ++c) {
        sum.add_product(x(n, c), w(c, o));
      }
      y(n, o) = sum.total();
    }
  }
  return y;
}

// dx[n, c] = sum over o of dy[n, o] * w[c, o]
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> dense_input_gradient(const A& a,
                                                const Array<Value>& w,
                                                const Array<Value>& dy) {
  Array<Value> dx({dy.rows(), w.rows()});
  for (std::int64_t n = 0; n < dx.rows(); ++n) {
    for (std::int64_t c = 0; c < dx.channels(); ++c) {
      auto sum = a.sum();
      for (std::int64_t o = 0; o < dy.channels(); ++o) {
        sum.add_product(dy(n, o), w(c, o));
      }
      dx(n, c) = sum.total();
    }
  }
  return dx;
}

// dw[c, o] = sum over n of x[n, c] * dy[n, o]
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> dense_kernel_gradient(const A& a,
                                                 const Array<Value>& x,
                                                 const Array<Value>& dy) {
  Array<Value> dw({x.channels(), dy.channels()});
  for (std::int64_t c = 0; c < dw.rows(); ++c) {
    for (std::int64_t o = 0; o < dw.channels(); ++o) {
      auto sum = a.sum();
      for (std::int64_t n = 0; n < x.rows(); ++n) {
        sum.add_product(x(n, c), dy(n, o));
      }
      dw(c, o) = sum.total();
    }
  }
  return dw;
}

}  // namespace plumbline::reference
