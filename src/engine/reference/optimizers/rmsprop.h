#pragma once

#include "engine/defaults.h"
#include "engine/reference/numbers.h"
#include "engine/reference/optimizers/root.h"

namespace plumbline::reference {

// RMSprop (Hinton, Srivastava & Swersky, "Neural networks for machine learning", lecture 6e, 2012),
// not centred, v from settings.initial_accumulator on (0; 1 in tf.compat.v1.train):
//   v = rho v + (1 - rho) g^2,  d = g / (sqrt(v) + epsilon) or by RootEpsilon
//   velocity = momentum velocity + d,  w -= lr velocity    torch.optim.RMSprop, PyTorch 2.13
// With the learning rate inside, lr d takes the place of d, and no lr follows.
template <Arithmetic A>
class RmsProp {
 public:
  using Value = typename A::Value;

  RmsProp(const A& a, const OptimizerSettings& settings)
      : a_(a),
        settings_(settings),
        rate_(Numbers(a, settings.dialect.constants).of(settings.learning_rate)),
        momentum_(Numbers(a, settings.dialect.constants).of(settings.momentum)),
        rho_(Numbers(a, settings.dialect.constants).of(settings.rho)),
        enters_(Numbers(a, settings.dialect.constants).one_minus(settings.rho)),
        epsilon_(Numbers(a, settings.dialect.constants).of(settings.epsilon)) {}

  [[nodiscard]] Value operator()(Value w, Value g, Value& v, Value& velocity) const {
    const bool inside = settings_.dialect.rate_place == LearningRatePlace::Inside;
    v = rho_ * v + enters_ * (g * g);
    const Value step =
        over_root(a_, settings_.dialect.rmsprop_epsilon, inside ? rate_ * g : g, v, epsilon_);
    velocity = settings_.momentum == 0 ? step : momentum_ * velocity + step;
    return inside ? w - velocity : w - rate_ * velocity;
  }

 private:
  const A& a_;
  const OptimizerSettings& settings_;
  Value rate_, momentum_, rho_, enters_, epsilon_;
};

}  // namespace plumbline::reference
