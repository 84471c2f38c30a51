#pragma once

#include "engine/reference/array.h"
#include "engine/reference/operations/batch_norm.h"
#include "engine/reference/operations/normalise.h"

namespace plumbline::reference {

// Layer normalisation (Ba, Kiros & Hinton 2016) over the last axis: a group is one row. The same in
// training and inference.
//   x, y (..., channels); gamma, beta (channels)

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> layer_norm(const A& a,
                                      const Array<Value>& x,
                                      const Array<Value>& gamma,
                                      const Array<Value>& beta,
                                      double epsilon) {
  Array<Value> y(x.shape());
  for (std::int64_t r = 0; r < x.rows(); ++r) {
    const auto element = [&](std::int64_t c) { return x(r, c); };
    const Scale<Value> row = scale_of(a, moments(a, x.channels(), element, a.sum()), epsilon);
    for (std::int64_t c = 0; c < x.channels(); ++c) {
      y(r, c) = scale_and_shift(a, x(r, c), row, gamma(c), beta(c));
    }
  }
  return y;
}

// dbeta[c] = sum over rows of dy, dgamma[c] = sum over rows of dy * xhat, dx as in normalise.h with
// g = dy * gamma
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] NormGradients<Value> layer_norm_gradient(const A& a,
                                                       const Array<Value>& x,
                                                       const Array<Value>& gamma,
                                                       const Array<Value>& dy,
                                                       double epsilon) {
  Array<Value> dx(x.shape());
  using Sum = decltype(a.sum());
  const auto channels = static_cast<std::size_t>(x.channels());
  std::vector<Sum> dgamma(channels, a.sum());
  std::vector<Sum> dbeta(channels, a.sum());
  for (std::int64_t r = 0; r < x.rows(); ++r) {
    const auto element = [&](std::int64_t c) { return x(r, c); };
    const auto gradient = [&](std::int64_t c) { return dy(r, c) * gamma(c); };
    const Scale<Value> row = scale_of(a, moments(a, x.channels(), element, a.sum()), epsilon);
    const GroupGradient<Value> whole = group_gradient(a, x.channels(), element, gradient, row);
    for (std::int64_t c = 0; c < x.channels(); ++c) {
      dx(r, c) = normalise_gradient(a, x.channels(), x(r, c), gradient(c), row, whole);
      dgamma[static_cast<std::size_t>(c)].add_product(dy(r, c), (x(r, c) - row.mean) * row.s);
      dbeta[static_cast<std::size_t>(c)].add(dy(r, c));
    }
  }
  NormGradients<Value> result{
      std::move(dx), Array<Value>(gamma.shape()), Array<Value>(gamma.shape())};
  for (std::int64_t c = 0; c < x.channels(); ++c) {
    result.dgamma(c) = dgamma[static_cast<std::size_t>(c)].total();
    result.dbeta(c) = dbeta[static_cast<std::size_t>(c)].total();
  }
  return result;
}

}  // namespace plumbline::reference
