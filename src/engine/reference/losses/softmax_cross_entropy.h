#pragma once

#include <span>

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"

namespace plumbline::reference {

// The sum over the batch of -log softmax(z)[label] from the logits z (batch, classes), over
// `divisor`: the batch for the mean (reduction.h).
//   lse = m + log(sum over c of exp(z[c] - m)), m = max z;  loss = lse - z[label]
// The maximum only keeps exp in range: any m gives the same lse.

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value log_sum_exp(const A& a, std::span<const Value> z) {
  const Value m = a.shift(a.maximum(z));
  auto sum = a.sum();
  for (const Value& logit : z) {
    sum.add(a.exp(logit - m));
  }
  return m + a.log(sum.total());
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value softmax_cross_entropy(const A& a,
                                          const Array<Value>& z,
                                          std::span<const std::int64_t> labels,
                                          double divisor) {
  auto sum = a.sum();
  for (std::int64_t n = 0; n < z.rows(); ++n) {
    sum.add(log_sum_exp(a, z.row(n)) - z(n, labels[static_cast<std::size_t>(n)]));
  }
  return sum.total() / a.constant(divisor);
}

// dz[n, c] = (softmax(z)[c] - (c is the label)) / divisor
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> softmax_cross_entropy_gradient(const A& a,
                                                          const Array<Value>& z,
                                                          std::span<const std::int64_t> labels,
                                                          double divisor) {
  Array<Value> dz(z.shape());
  for (std::int64_t n = 0; n < z.rows(); ++n) {
    const Value lse = log_sum_exp(a, z.row(n));
    for (std::int64_t c = 0; c < z.channels(); ++c) {
      const Value one_hot = a.constant(c == labels[static_cast<std::size_t>(n)] ? 1 : 0);
      const Value p = a.exp(z(n, c) - lse);
      dz(n, c) = (p - one_hot) / a.constant(divisor);
    }
  }
  return dz;
}

}  // namespace plumbline::reference
