#pragma once

#include <span>

#include "engine/reference/losses/clip.h"
#include "engine/reference/losses/renormalise.h"

namespace plumbline::reference {

// Cross-entropy from probabilities p (batch, classes), as Keras has it (CrossEntropy): the sum over
// the batch, over `divisor` (reduction.h), of
//   Clipped                   -log(r[label]),          r = clip(p)
//   RenormalisedAndClipped    -log(r[label]),          r = clip(p / sum p)
//   ClippedAndRenormalised    -log(r[label] / sum r),  r = clip(p): softmax of log r
// keras/src/backend/{torch,jax,tensorflow}/nn.py, Keras 3.15.1; keras/backend/theano_backend.py,
// Keras 2.3.1.

// What is clipped.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> before_clip(const A& a, CrossEntropy form, const Array<Value>& p) {
  return form == CrossEntropy::RenormalisedAndClipped ? renormalised(a, p) : p;
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> clipped(const A& a, const Dialect& dialect, const Array<Value>& q) {
  const Clip<A> clip(a, dialect);
  Array<Value> r(q.shape());
  for (std::int64_t e = 0; e < q.size(); ++e) {
    r(e) = clip(q(e));
  }
  return r;
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value clipped_cross_entropy(const A& a,
                                          const Dialect& dialect,
                                          const Array<Value>& p,
                                          std::span<const std::int64_t> labels,
                                          double divisor) {
  const Array<Value> r = clipped(a, dialect, before_clip(a, dialect.cross_entropy, p));
  auto sum = a.sum();
  for (std::int64_t n = 0; n < p.rows(); ++n) {
    const Value log_r = a.log(r(n, labels[static_cast<std::size_t>(n)]));
    const bool again = dialect.cross_entropy == CrossEntropy::ClippedAndRenormalised;
    sum.add(again ? a.log(row_sum(a, r.row(n))) - log_r : -log_r);
  }
  return sum.total() / a.constant(divisor);
}

// dr[c] = -(c is the label) / r[c] / divisor, and with renormalisation after the clip
//         + 1 / sum r / divisor
// dq is dr where the clip lets it through; of q = p / sum p, renormalise_gradient
// (renormalise.h) gives dp.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> clipped_cross_entropy_gradient(const A& a,
                                                          const Dialect& dialect,
                                                          const Array<Value>& p,
                                                          std::span<const std::int64_t> labels,
                                                          double divisor) {
  const Clip<A> clip(a, dialect);
  const Array<Value> q = before_clip(a, dialect.cross_entropy, p);
  const Array<Value> r = clipped(a, dialect, q);
  const bool again = dialect.cross_entropy == CrossEntropy::ClippedAndRenormalised;
  Array<Value> dq(p.shape());
  for (std::int64_t n = 0; n < p.rows(); ++n) {
    const std::int64_t label = labels[static_cast<std::size_t>(n)];
    const Value shared = again ? a.constant(1) / row_sum(a, r.row(n)) : Value{};
    for (std::int64_t c = 0; c < p.channels(); ++c) {
      const Value dr = c == label ? shared - a.constant(1) / r(n, c) : shared;
      dq(n, c) = clip.gradient(q(n, c), dr / a.constant(divisor));
    }
  }
  if (dialect.cross_entropy != CrossEntropy::RenormalisedAndClipped) {
    return dq;
  }
  return renormalise_gradient(a, p, q, dq);
}

}  // namespace plumbline::reference
