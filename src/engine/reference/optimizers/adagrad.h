#pragma once

#include "engine/defaults.h"
#include "engine/reference/numbers.h"
#include "engine/reference/optimizers/root.h"

namespace plumbline::reference {

// Adagrad (Duchi, Hazan & Singer 2011, diagonal form):
//   accumulator += g^2, from settings.initial_accumulator on
//   w -= lr g / (sqrt(accumulator) + epsilon), or by RootEpsilon
template <Arithmetic A>
class Adagrad {
 public:
  using Value = typename A::Value;

  Adagrad(const A& a, const OptimizerSettings& settings)
      : a_(a),
        place_(settings.dialect.adagrad_epsilon),
        rate_(Numbers(a, settings.dialect.constants).of(settings.learning_rate)),
        epsilon_(Numbers(a, settings.dialect.constants).of(settings.epsilon)) {}

  [[nodiscard]] Value operator()(Value w, Value g, Value& accumulator, Value&) const {
    accumulator = accumulator + g * g;
    return w - over_root(a_, place_, rate_ * g, accumulator, epsilon_);
  }

 private:
  const A& a_;
  RootEpsilon place_;
  Value rate_, epsilon_;
};

}  // namespace plumbline::reference
