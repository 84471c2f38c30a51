#pragma once

#include "engine/defaults.h"
#include "engine/reference/arithmetic/arithmetic.h"

namespace plumbline::reference {

// Adagrad (Duchi, Hazan & Singer 2011, diagonal form), epsilon where PyTorch 2.13 has it:
//   accumulator += g^2, from settings.initial_accumulator on
//   w -= lr * g / (sqrt(accumulator) + epsilon)
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value adagrad(
    const A& a, const OptimizerSettings& settings, Value w, Value g, Value& accumulator) {
  accumulator = accumulator + g * g;
  return w - a.constant(settings.learning_rate) * g /
                 (a.sqrt(accumulator) + a.constant(settings.epsilon));
}

}  // namespace plumbline::reference
