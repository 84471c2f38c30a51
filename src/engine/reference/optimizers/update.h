#pragma once

#include <map>
#include <string>

#include "engine/reference/array.h"
#include "engine/reference/optimizers/adadelta.h"
#include "engine/reference/optimizers/adagrad.h"
#include "engine/reference/optimizers/adam.h"
#include "engine/reference/optimizers/rmsprop.h"
#include "engine/reference/optimizers/sgd.h"

namespace plumbline::reference {

// What an optimizer remembers of one parameter: adam m, v; rmsprop v, velocity; adadelta v, s;
// adagrad accumulator; sgd velocity.
template <typename Value>
struct Slots {
  Array<Value> first;
  Array<Value> second;
};

template <typename Value>
struct OptimizerState {
  std::int64_t steps = 0;                     // taken so far
  std::map<std::string, Slots<Value>> slots;  // by parameter; empty before the first step
};

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Slots<Value> initial_slots(const A& a,
                                         const OptimizerSettings& settings,
                                         const Shape& shape) {
  Slots<Value> slots{Array<Value>(shape), Array<Value>(shape)};
  if (settings.kind == OptimizerKind::Adagrad) {
    for (Value& accumulator : slots.first.values()) {
      accumulator = a.constant(settings.initial_accumulator);
    }
  }
  return slots;
}

// One weight after step t, from its gradient; the slots move on.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value updated(const A& a,
                            const OptimizerSettings& settings,
                            std::int64_t t,
                            Value w,
                            Value g,
                            std::pair<Value&, Value&> slots) {
  if (settings.weight_decay != 0 && settings.kind != OptimizerKind::AdamW) {
    g = g + a.constant(settings.weight_decay) * w;
  }
  switch (settings.kind) {
    case OptimizerKind::Sgd:
      return sgd(a, settings, w, g, slots.first);
    case OptimizerKind::RmsProp:
      return rmsprop(a, settings, w, g, slots.first, slots.second);
    case OptimizerKind::Adagrad:
      return adagrad(a, settings, w, g, slots.first);
    case OptimizerKind::Adadelta:
      return adadelta(a, settings, w, g, slots.first, slots.second);
    case OptimizerKind::Adam:
    case OptimizerKind::AdamW:
      break;
  }
  return adam(a, settings, t, w, g, slots);
}

// One whole parameter after step t.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> updated(const A& a,
                                   const OptimizerSettings& settings,
                                   std::int64_t t,
                                   const Array<Value>& w,
                                   const Array<Value>& g,
                                   Slots<Value>& slots) {
  Array<Value> after(w.shape());
  for (std::int64_t e = 0; e < w.size(); ++e) {
    after(e) = updated(a, settings, t, w(e), g(e), {slots.first(e), slots.second(e)});
  }
  return after;
}

}  // namespace plumbline::reference
