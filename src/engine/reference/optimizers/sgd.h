#pragma once

#include "engine/defaults.h"
#include "engine/reference/numbers.h"

namespace plumbline::reference {

// Stochastic gradient descent with momentum. m momentum, d dampening:
//   velocity = m velocity + (1 - d) g, or after the first step g (FirstStep)
//   w -= lr velocity, or with nesterov  w -= lr (g + m velocity)     torch.optim.SGD, PyTorch 2.13
// With the learning rate inside (LearningRatePlace) lr g takes the place of g, and no lr follows:
// Keras 3.15.1's, with the sign turned. Without momentum there is no velocity.
template <Arithmetic A>
class Sgd {
 public:
  using Value = typename A::Value;

  Sgd(const A& a, const OptimizerSettings& settings, std::int64_t t)
      : settings_(settings),
        first_(t == 1 && settings.dialect.first_step == FirstStep::Undampened),
        rate_(Numbers(a, settings.dialect.constants).of(settings.learning_rate)),
        momentum_(Numbers(a, settings.dialect.constants).of(settings.momentum)),
        enters_(Numbers(a, settings.dialect.constants).one_minus(settings.dialect.dampening)) {}

  [[nodiscard]] Value operator()(Value w, Value g, Value& velocity, Value&) const {
    const bool inside = settings_.dialect.rate_place == LearningRatePlace::Inside;
    const Value step = inside ? rate_ * g : g;
    if (settings_.momentum == 0) {
      return inside ? w - step : w - rate_ * step;
    }
    const bool dampened = settings_.dialect.dampening != 0 && !first_;
    velocity = momentum_ * velocity + (dampened ? enters_ * step : step);
    const Value direction = settings_.nesterov ? step + momentum_ * velocity : velocity;
    return inside ? w - direction : w - rate_ * direction;
  }

 private:
  const OptimizerSettings& settings_;
  bool first_;
  Value rate_, momentum_, enters_;
};

}  // namespace plumbline::reference
