#pragma once

#include <optional>

#include "base/error.h"
#include "study/network.h"
#include "study/recipe.h"

namespace plumbline {

// A network and its recipe with nothing left out: what both engines and the native worker train by.
// A plain value. What the study left out is filled in with the native engine's own defaults, named
// and sourced in defaults.cc.

// Where Adam's epsilon stands. m, v are the moments, t the step from 1, c_i = 1 - beta_i^t.
enum class AdamEpsilon {
  // w -= lr * (m / c_1) / (sqrt(v / c_2) + epsilon); Kingma & Ba 2015, Algorithm 1
  Algorithm1,
  // w -= lr * sqrt(c_2) / c_1 * m / (sqrt(v) + epsilon); the same paper, end of section 2
  EpsilonHat,
};

struct OptimizerSettings {
  OptimizerKind kind = OptimizerKind::Sgd;
  double learning_rate = 0;
  double momentum = 0;             // sgd, rmsprop
  bool nesterov = false;           // sgd
  double beta_1 = 0, beta_2 = 0;   // adam, adamw
  double rho = 0;                  // rmsprop, adadelta
  double epsilon = 0;              // all but sgd
  double initial_accumulator = 0;  // adagrad
  double weight_decay = 0;         // decoupled in adamw, coupled in all others
  AdamEpsilon adam_epsilon = AdamEpsilon::Algorithm1;
};

// What batch_norm's running variance takes in: the batch's variance over n; n / (n - 1) of it; or,
// as Keras 2.3.1 on Theano 1.0.5 has it, (variance + epsilon) n / (n - 1 - epsilon). Normalising
// during training always uses the first.
enum class RunningVariance { Biased, Unbiased, Keras2Theano };

struct Settings {
  // Every optional of every layer is set, but `activation`: its absence means none.
  Network network;
  Loss loss = Loss::SoftmaxCrossEntropy;
  OptimizerSettings optimizer;
  RunningVariance running_variance = RunningVariance::Biased;
};

[[nodiscard]] Settings resolve(const Recipe& recipe, Network network);

// An optional that `resolve` has set. Throws Error when the settings never went through it.
template <typename T>
[[nodiscard]] const T& resolved(const std::optional<T>& value) {
  if (!value) {
    throw Error("A layer leaves a value out. Settings are trained by only after resolve().");
  }
  return *value;
}

}  // namespace plumbline
