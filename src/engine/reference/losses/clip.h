#pragma once

#include "engine/dialect.h"
#include "engine/reference/array.h"
#include "engine/reference/numbers.h"

namespace plumbline::reference {

// Probabilities clipped to [limit, 1 - limit], Keras's guard against log(0): numpy's clip. The
// gradient passes where q is inside, the ends included (torch.clip and tf.clip_by_value).
template <Arithmetic A>
class Clip {
 public:
  using Value = typename A::Value;

  Clip(const A& a, const Dialect& dialect)
      : a_(a),
        low_(Numbers(a, dialect.constants).of(dialect.probability_limit)),
        high_(Numbers(a, dialect.constants).one_minus(dialect.probability_limit)) {}

  [[nodiscard]] Value operator()(Value q) const {
    return a_.select(low_ - q, low_, a_.select(q - high_, high_, q));
  }
  // g where q is inside, else 0.
  [[nodiscard]] Value gradient(Value q, Value g) const {
    return a_.select(low_ - q, Value{}, a_.select(q - high_, Value{}, g));
  }

 private:
  const A& a_;
  Value low_, high_;
};

}  // namespace plumbline::reference
