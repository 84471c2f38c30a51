#pragma once

#include <cmath>
#include <cstdint>
#include <utility>

#include "engine/defaults.h"
#include "engine/reference/arithmetic/arithmetic.h"

namespace plumbline::reference {

// 1 - beta^t. Frameworks that compute it in float32 round beta^t, so its error is in units of 1.
template <Arithmetic A>
[[nodiscard]] typename A::Value bias_correction(const A& a, double beta, std::int64_t t) {
  return a.allow(a.constant(1 - std::pow(beta, static_cast<double>(t))), 1, 1);
}

// Adam (Kingma & Ba 2015, Algorithm 1, or with epsilon-hat as at the end of section 2), t from 1:
//   m = beta_1 m + (1 - beta_1) g,  v = beta_2 v + (1 - beta_2) g^2,  c_i = 1 - beta_i^t
//   w -= lr * (m / c_1) / (sqrt(v / c_2) + epsilon), or
//   w -= lr * sqrt(c_2) / c_1 * m / (sqrt(v) + epsilon)
// AdamW (Loshchilov & Hutter 2019, Algorithm 2, as PyTorch 2.13 scales it) has before that
//   w -= lr * weight_decay * w
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value adam(const A& a,
                         const OptimizerSettings& settings,
                         std::int64_t t,
                         Value w,
                         Value g,
                         std::pair<Value&, Value&> moments) {
  auto& [m, v] = moments;
  const Value one = a.constant(1);
  const Value beta_1 = a.constant(settings.beta_1);
  const Value beta_2 = a.constant(settings.beta_2);
  const Value rate = a.constant(settings.learning_rate);
  const Value epsilon = a.constant(settings.epsilon);
  const Value c_1 = bias_correction(a, settings.beta_1, t);
  const Value c_2 = bias_correction(a, settings.beta_2, t);
  if (settings.kind == OptimizerKind::AdamW) {
    w = w - rate * a.constant(settings.weight_decay) * w;
  }
  m = beta_1 * m + (one - beta_1) * g;
  v = beta_2 * v + (one - beta_2) * (g * g);
  if (settings.adam_epsilon == AdamEpsilon::EpsilonHat) {
    return w - rate * a.sqrt(c_2) / c_1 * m / (a.sqrt(v) + epsilon);
  }
  return w - rate * (m / c_1) / (a.sqrt(v / c_2) + epsilon);
}

}  // namespace plumbline::reference
