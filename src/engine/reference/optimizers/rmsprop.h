#pragma once

#include "engine/defaults.h"
#include "engine/reference/arithmetic/arithmetic.h"

namespace plumbline::reference {

// RMSprop (Hinton, Srivastava & Swersky, "Neural networks for machine learning", lecture 6e, 2012),
// not centred, with epsilon and momentum where PyTorch 2.13 has them:
//   v = rho v + (1 - rho) g^2,  d = g / (sqrt(v) + epsilon)
//   velocity = momentum * velocity + d,  w -= lr * velocity
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value rmsprop(
    const A& a, const OptimizerSettings& settings, Value w, Value g, Value& v, Value& velocity) {
  const Value rho = a.constant(settings.rho);
  v = rho * v + (a.constant(1) - rho) * (g * g);
  const Value d = g / (a.sqrt(v) + a.constant(settings.epsilon));
  velocity = settings.momentum == 0 ? d : a.constant(settings.momentum) * velocity + d;
  return w - a.constant(settings.learning_rate) * velocity;
}

}  // namespace plumbline::reference
