#pragma once

#include <span>

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"

namespace plumbline::reference {

// q[c] = p[c] / sum over k of p[k], along the last axis of p (batch, classes).

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value row_sum(const A& a, std::span<const Value> row) {
  auto sum = a.sum();
  for (const Value& x : row) {
    sum.add(x);
  }
  return sum.total();
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> renormalised(const A& a, const Array<Value>& p) {
  Array<Value> q(p.shape());
  for (std::int64_t n = 0; n < p.rows(); ++n) {
    const Value sum = row_sum(a, p.row(n));
    for (std::int64_t c = 0; c < p.channels(); ++c) {
      q(n, c) = p(n, c) / sum;
    }
  }
  return q;
}

// dp[c] = (dq[c] - sum over k of dq[k] q[k]) / sum over k of p[k]
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> renormalise_gradient(const A& a,
                                                const Array<Value>& p,
                                                const Array<Value>& q,
                                                const Array<Value>& dq) {
  Array<Value> dp(p.shape());
  for (std::int64_t n = 0; n < p.rows(); ++n) {
    const Value sum = row_sum(a, p.row(n));
    auto dot = a.sum();
    for (std::int64_t c = 0; c < p.channels(); ++c) {
      dot.add_product(dq(n, c), q(n, c));
    }
    const Value mean = dot.total();
    for (std::int64_t c = 0; c < p.channels(); ++c) {
      dp(n, c) = (dq(n, c) - mean) / sum;
    }
  }
  return dp;
}

}  // namespace plumbline::reference
