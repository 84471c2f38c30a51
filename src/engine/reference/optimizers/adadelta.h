#pragma once

#include "engine/defaults.h"
#include "engine/reference/numbers.h"
#include "engine/reference/optimizers/root.h"

namespace plumbline::reference {

// Adadelta (Zeiler 2012, Algorithm 1), with the learning rate that frameworks add:
//   v = rho v + (1 - rho) g^2
//   d = sqrt(s + epsilon) / sqrt(v + epsilon) g
//   s = rho s + (1 - rho) d^2
//   w -= lr d
// With the learning rate inside, d holds it: Zeiler's s is of the steps that were taken. With
// epsilon outside, both roots have it there.
template <Arithmetic A>
class Adadelta {
 public:
  using Value = typename A::Value;

  Adadelta(const A& a, const OptimizerSettings& settings)
      : a_(a),
        dialect_(settings.dialect),
        rate_(Numbers(a, settings.dialect.constants).of(settings.learning_rate)),
        rho_(Numbers(a, settings.dialect.constants).of(settings.rho)),
        enters_(Numbers(a, settings.dialect.constants).one_minus(settings.rho)),
        epsilon_(Numbers(a, settings.dialect.constants).of(settings.epsilon)) {}

  [[nodiscard]] Value operator()(Value w, Value g, Value& v, Value& s) const {
    const bool inside = dialect_.rate_place == LearningRatePlace::Inside;
    v = rho_ * v + enters_ * (g * g);
    const Value scaled = over_root(a_, dialect_.adadelta_epsilon, typical_step(s), v, epsilon_) * g;
    const Value d = inside ? rate_ * scaled : scaled;
    s = rho_ * s + enters_ * (d * d);
    return inside ? w - d : w - rate_ * d;
  }

 private:
  [[nodiscard]] Value typical_step(Value s) const {
    const bool outside = dialect_.adadelta_epsilon == RootEpsilon::Outside;
    return outside ? a_.sqrt(s) + epsilon_ : a_.sqrt(s + epsilon_);
  }
  const A& a_;
  const OptimizerDialect& dialect_;
  Value rate_, rho_, enters_, epsilon_;
};

}  // namespace plumbline::reference
