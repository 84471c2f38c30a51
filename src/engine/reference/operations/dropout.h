#pragma once

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"

namespace plumbline::reference {

// Inverted dropout (Srivastava et al. 2014, section 10): y = x * mask / (1 - rate) in training, y =
// x in inference. The mask (1 = keep) is drawn elsewhere. Its gradient is the same function of dy.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> dropout(const A& a,
                                   const Array<Value>& x,
                                   const Array<Value>& mask,
                                   double rate) {
  const Value scale = a.constant(1 / (1 - rate));
  Array<Value> y(x.shape());
  for (std::int64_t e = 0; e < x.size(); ++e) {
    y(e) = x(e) * mask(e) * scale;
  }
  return y;
}

}  // namespace plumbline::reference
