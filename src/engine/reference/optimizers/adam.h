#pragma once

#include "engine/defaults.h"
#include "engine/reference/numbers.h"
#include "engine/reference/optimizers/bias_correction.h"

namespace plumbline::reference {

// Adam (Kingma & Ba 2015), t from 1:
//   m = beta_1 m + (1 - beta_1) g,  v = beta_2 v + (1 - beta_2) g^2,  c_i = 1 - beta_i^t
//   w -= lr (m / c_1) / (sqrt(v / c_2) + epsilon), or by AdamEpsilon
// AdamW (Loshchilov & Hutter 2019) differs by its weight decay only (update.h).
template <Arithmetic A>
class Adam {
 public:
  using Value = typename A::Value;

  Adam(const A& a, const OptimizerSettings& settings, std::int64_t t)
      : a_(a),
        place_(settings.dialect.adam_epsilon),
        beta_1_(Numbers(a, settings.dialect.constants).of(settings.beta_1)),
        beta_2_(Numbers(a, settings.dialect.constants).of(settings.beta_2)),
        enters_1_(Numbers(a, settings.dialect.constants).one_minus(settings.beta_1)),
        enters_2_(Numbers(a, settings.dialect.constants).one_minus(settings.beta_2)),
        c_1_(bias_correction(a, settings.dialect, settings.beta_1, t)),
        c_2_(bias_correction(a, settings.dialect, settings.beta_2, t)),
        rate_(Numbers(a, settings.dialect.constants).of(settings.learning_rate)),
        epsilon_(Numbers(a, settings.dialect.constants).of(settings.epsilon)) {}

  [[nodiscard]] Value operator()(Value w, Value g, Value& m, Value& v) const {
    m = beta_1_ * m + enters_1_ * g;
    v = beta_2_ * v + enters_2_ * (g * g);
    switch (place_) {
      case AdamEpsilon::Algorithm1:
        break;
      case AdamEpsilon::EpsilonHat:
        return w - rate_ * a_.sqrt(c_2_) / c_1_ * m / (a_.sqrt(v) + epsilon_);
      case AdamEpsilon::InsideRoot:
        return w - rate_ * (m / c_1_) / a_.sqrt(v / c_2_ + epsilon_);
    }
    return w - rate_ * (m / c_1_) / (a_.sqrt(v / c_2_) + epsilon_);
  }

 private:
  const A& a_;
  AdamEpsilon place_;
  Value beta_1_, beta_2_, enters_1_, enters_2_, c_1_, c_2_, rate_, epsilon_;
};

}  // namespace plumbline::reference
