#pragma once

#include "engine/defaults.h"
#include "engine/reference/arithmetic/arithmetic.h"

namespace plumbline::reference {

// Adadelta (Zeiler 2012, Algorithm 1), with the learning rate that frameworks add:
//   v = rho v + (1 - rho) g^2
//   d = sqrt(s + epsilon) / sqrt(v + epsilon) * g
//   s = rho s + (1 - rho) d^2
//   w -= lr * d
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value adadelta(
    const A& a, const OptimizerSettings& settings, Value w, Value g, Value& v, Value& s) {
  const Value rho = a.constant(settings.rho);
  const Value enters = a.constant(1) - rho;
  const Value epsilon = a.constant(settings.epsilon);
  v = rho * v + enters * (g * g);
  const Value d = a.sqrt(s + epsilon) / a.sqrt(v + epsilon) * g;
  s = rho * s + enters * (d * d);
  return w - a.constant(settings.learning_rate) * d;
}

}  // namespace plumbline::reference
