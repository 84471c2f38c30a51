#pragma once

#include <map>
#include <string>
#include <utility>

#include "engine/reference/array.h"
#include "engine/reference/optimizers/adadelta.h"
#include "engine/reference/optimizers/adagrad.h"
#include "engine/reference/optimizers/adam.h"
#include "engine/reference/optimizers/rmsprop.h"
#include "engine/reference/optimizers/sgd.h"
#include "engine/reference/optimizers/weight_decay.h"

namespace plumbline::reference {

// An optimizer is a rule made once a step, rule(w, g, first, second): it gives one weight after
// step t from its gradient, and moves the weight's slots on.

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
  if (settings.kind == OptimizerKind::Adagrad || settings.kind == OptimizerKind::RmsProp) {
    const Numbers<A> numbers(a, settings.dialect.constants);
    for (Value& accumulator : slots.first.values()) {
      accumulator = numbers.of(settings.initial_accumulator);
    }
  }
  return slots;
}

// Calls `use` with the rule of the settings for step t, from 1.
template <Arithmetic A, typename Use>
auto with_rule(const A& a, const OptimizerSettings& settings, std::int64_t t, const Use& use) {
  switch (settings.kind) {
    case OptimizerKind::Sgd:
      return use(Sgd<A>(a, settings, t));
    case OptimizerKind::RmsProp:
      return use(RmsProp<A>(a, settings));
    case OptimizerKind::Adagrad:
      return use(Adagrad<A>(a, settings));
    case OptimizerKind::Adadelta:
      return use(Adadelta<A>(a, settings));
    case OptimizerKind::Adam:
    case OptimizerKind::AdamW:
      break;
  }
  return use(Adam<A>(a, settings, t));
}

// One weight after step t; its slots move on.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value updated(const A& a,
                            const OptimizerSettings& settings,
                            std::int64_t t,
                            Value w,
                            Value g,
                            std::pair<Value&, Value&> slots) {
  decay(a, settings, w, g);
  return with_rule(
      a, settings, t, [&](const auto& rule) { return rule(w, g, slots.first, slots.second); });
}

// One whole parameter after step t: an update by itself, under the dialect of `settings`.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> updated(const A& a,
                                   const OptimizerSettings& settings,
                                   std::int64_t t,
                                   const Array<Value>& weights,
                                   const Array<Value>& gradients,
                                   Slots<Value>& slots) {
  return with_rule(a, settings, t, [&](const auto& rule) {
    Array<Value> after(weights.shape());
    for (std::int64_t e = 0; e < weights.size(); ++e) {
      Value w = weights(e);
      Value g = gradients(e);
      decay(a, settings, w, g);
      after(e) = rule(w, g, slots.first(e), slots.second(e));
    }
    return after;
  });
}

}  // namespace plumbline::reference
