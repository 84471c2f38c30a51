#pragma once

#include "engine/defaults.h"
#include "engine/reference/arithmetic/arithmetic.h"

namespace plumbline::reference {

// Stochastic gradient descent with momentum, as PyTorch 2.13 has it:
//   velocity = momentum * velocity + g
//   w -= lr * velocity, or with nesterov  w -= lr * (g + momentum * velocity)
// Keras 3.15 keeps lr * velocity instead, which differs only when the learning rate changes.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value sgd(
    const A& a, const OptimizerSettings& settings, Value w, Value g, Value& velocity) {
  Value direction = g;
  if (settings.momentum != 0) {
    const Value momentum = a.constant(settings.momentum);
    velocity = momentum * velocity + g;
    direction = settings.nesterov ? g + momentum * velocity : velocity;
  }
  return w - a.constant(settings.learning_rate) * direction;
}

}  // namespace plumbline::reference
