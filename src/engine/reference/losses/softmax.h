#pragma once

#include <vector>

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"

namespace plumbline::reference {

// Along the last axis, z and p (batch, classes):
//   p[c] = exp(z[c] - m) / sum over k of exp(z[k] - m), m = max z
// The maximum only keeps exp in range.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> softmax(const A& a, const Array<Value>& z) {
  Array<Value> p(z.shape());
  for (std::int64_t n = 0; n < z.rows(); ++n) {
    const Value m = a.shift(a.maximum(z.row(n)));
    auto sum = a.sum();
    for (std::int64_t c = 0; c < z.channels(); ++c) {
      p(n, c) = a.exp(z(n, c) - m);
      sum.add(p(n, c));
    }
    const Value total = sum.total();
    for (std::int64_t c = 0; c < z.channels(); ++c) {
      p(n, c) = p(n, c) / total;
    }
  }
  return p;
}

// dz[c] = p[c] (dp[c] - sum over k of dp[k] p[k])
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> softmax_gradient(const A& a,
                                            const Array<Value>& p,
                                            const Array<Value>& dp) {
  Array<Value> dz(p.shape());
  for (std::int64_t n = 0; n < p.rows(); ++n) {
    auto sum = a.sum();
    for (std::int64_t c = 0; c < p.channels(); ++c) {
      sum.add_product(dp(n, c), p(n, c));
    }
    const Value mean = sum.total();
    for (std::int64_t c = 0; c < p.channels(); ++c) {
      dz(n, c) = p(n, c) * (dp(n, c) - mean);
    }
  }
  return dz;
}

}  // namespace plumbline::reference
