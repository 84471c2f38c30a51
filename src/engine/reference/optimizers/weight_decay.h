#pragma once

#include "engine/defaults.h"
#include "engine/reference/numbers.h"

namespace plumbline::reference {

// Weight decay, before the optimizer's own step: coupled it goes into the gradient,
//   g += weight_decay w,
// decoupled it shortens the weight (Loshchilov & Hutter 2019, section 2),
//   w -= lr weight_decay w, or unscaled  w -= weight_decay w.
// (Keras's regularizers.l2(l) adds l w^2 to the loss: a coupled weight_decay of 2 l.)
template <Arithmetic A, typename Value = typename A::Value>
void decay(const A& a, const OptimizerSettings& settings, Value& w, Value& g) {
  if (settings.weight_decay == 0) {
    return;
  }
  const Numbers<A> numbers(a, settings.dialect.constants);
  const Value decayed = numbers.of(settings.weight_decay) * w;
  switch (weight_decay_form(settings)) {
    case WeightDecay::ByName:
    case WeightDecay::Coupled:
      g = g + decayed;
      return;
    case WeightDecay::Decoupled:
      w = w - numbers.of(settings.learning_rate) * decayed;
      return;
    case WeightDecay::DecoupledUnscaled:
      w = w - decayed;
      return;
  }
}

}  // namespace plumbline::reference
