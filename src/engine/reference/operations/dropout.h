#pragma once

#include "engine/dialect.h"
#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"

namespace plumbline::reference {

// Dropout (Srivastava et al. 2014) with a mask (1 = keep) that is drawn elsewhere. In training
//   y = x * mask / (1 - rate), section 10, or y = x * mask, section 4 (DropoutScale)
// Its gradient is the same function of dy.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> dropout(
    const A& a, const Array<Value>& x, const Array<Value>& mask, double rate, DropoutScale rule) {
  const Value scale = a.constant(rule == DropoutScale::InTraining ? 1 / (1 - rate) : 1);
  Array<Value> y(x.shape());
  for (std::int64_t e = 0; e < x.size(); ++e) {
    y(e) = x(e) * mask(e) * scale;
  }
  return y;
}

// In inference y = x, or where training did not scale y = x * (1 - rate).
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> dropout_in_inference(const A& a,
                                                const Array<Value>& x,
                                                double rate,
                                                DropoutScale rule) {
  if (rule == DropoutScale::InTraining) {
    return x;
  }
  Array<Value> y(x.shape());
  for (std::int64_t e = 0; e < x.size(); ++e) {
    y(e) = x(e) * a.constant(1 - rate);
  }
  return y;
}

}  // namespace plumbline::reference
