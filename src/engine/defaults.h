#pragma once

#include <optional>

#include "base/error.h"
#include "engine/dialect.h"
#include "study/network.h"
#include "study/recipe.h"

namespace plumbline {

// A network and its recipe with nothing left out: what both engines and the native worker train by.
// A plain value. What the study left out is filled in with the native engine's own defaults, named
// and sourced in defaults.cc.

struct OptimizerSettings {
  OptimizerKind kind = OptimizerKind::Sgd;
  double learning_rate = 0;
  double momentum = 0;             // sgd, rmsprop
  bool nesterov = false;           // sgd
  double beta_1 = 0, beta_2 = 0;   // adam, adamw
  double rho = 0;                  // rmsprop, adadelta
  double epsilon = 0;              // all but sgd
  double initial_accumulator = 0;  // adagrad, rmsprop
  double weight_decay = 0;         // what it means is dialect.weight_decay
  OptimizerDialect dialect{};
};

struct Settings {
  // Every optional of every layer is set, but `activation`: its absence means none.
  Network network;
  Loss loss = Loss::SoftmaxCrossEntropy;
  OptimizerSettings optimizer;
  Dialect dialect{};
};

[[nodiscard]] Settings resolve(const Recipe& recipe, Network network);

// The form of weight decay that the settings mean: ByName is decoupled in adamw, coupled in others.
[[nodiscard]] WeightDecay weight_decay_form(const OptimizerSettings& settings);

// An optional that `resolve` has set. Throws Error when the settings never went through it.
template <typename T>
[[nodiscard]] const T& resolved(const std::optional<T>& value) {
  if (!value) {
    throw Error("A layer leaves a value out. Settings are trained by only after resolve().");
  }
  return *value;
}

}  // namespace plumbline
