#include "engine/defaults.h"

#include <type_traits>
#include <variant>

namespace plumbline {
namespace {

// Each optimizer's defaults: those of its paper, and where that names none, what most frameworks of
// 2026 share.
OptimizerSettings optimizer_defaults(OptimizerKind kind) {
  OptimizerSettings defaults;
  defaults.kind = kind;
  switch (kind) {
    case OptimizerKind::Sgd:  // PyTorch and Keras 2 and 3: no momentum; Keras: 0.01
      defaults.learning_rate = 0.01;
      break;
    case OptimizerKind::AdamW:  // Loshchilov & Hutter 2019; PyTorch 2.13: weight_decay 0.01
      defaults.weight_decay = 0.01;
      [[fallthrough]];
    case OptimizerKind::Adam:  // Kingma & Ba 2015, Algorithm 1
      defaults.learning_rate = 1e-3;
      defaults.beta_1 = 0.9;
      defaults.beta_2 = 0.999;
      defaults.epsilon = 1e-8;
      break;
    case OptimizerKind::RmsProp:  // Hinton's lecture 6e of 2012 has rho 0.9 and 1e-3; Keras 2.0:
                                  // epsilon 1e-8
      defaults.learning_rate = 1e-3;
      defaults.rho = 0.9;
      defaults.epsilon = 1e-8;
      break;
    case OptimizerKind::Adagrad:  // Duchi, Hazan & Singer 2011; PyTorch 2.13: 0.01 and 1e-10
      defaults.learning_rate = 0.01;
      defaults.epsilon = 1e-10;
      break;
    case OptimizerKind::Adadelta:  // Zeiler 2012: no learning rate, rho 0.95, epsilon 1e-6
      defaults.learning_rate = 1.0;
      defaults.rho = 0.95;
      defaults.epsilon = 1e-6;
      break;
  }
  return defaults;
}

OptimizerSettings resolve_optimizer(const Optimizer& asked) {
  OptimizerSettings settings = optimizer_defaults(asked.kind);
  settings.learning_rate = asked.learning_rate.value_or(settings.learning_rate);
  settings.momentum = asked.momentum.value_or(settings.momentum);
  settings.nesterov = asked.nesterov.value_or(settings.nesterov);
  settings.beta_1 = asked.beta_1.value_or(settings.beta_1);
  settings.beta_2 = asked.beta_2.value_or(settings.beta_2);
  settings.rho = asked.rho.value_or(settings.rho);
  settings.epsilon = asked.epsilon.value_or(settings.epsilon);
  settings.initial_accumulator = asked.initial_accumulator.value_or(settings.initial_accumulator);
  settings.weight_decay = asked.weight_decay.value_or(settings.weight_decay);
  return settings;
}

void fill_in(Activation& activation) {
  if (activation.kind == ActivationKind::LeakyRelu) {  // Maas, Hannun & Ng 2013: 0.01
    activation.slope = activation.slope.value_or(0.01);
  }
  if (activation.kind ==
      ActivationKind::Gelu) {  // Hendrycks & Gimpel 2016: the erf form is the definition
    activation.approximate = activation.approximate.value_or(false);
  }
}

struct FillIn {
  void operator()(Conv2d& conv2d) const {
    if (conv2d.activation) {
      fill_in(*conv2d.activation);
    }
  }
  void operator()(Dense& dense) const {
    if (dense.activation) {
      fill_in(*dense.activation);
    }
  }
  void operator()(ActivationLayer& layer) const { fill_in(layer.activation); }
  void operator()(BatchNorm& batch_norm) const {  // PyTorch 2.13 (there written as 1 - momentum)
    batch_norm.momentum = batch_norm.momentum.value_or(0.9);
    batch_norm.epsilon = batch_norm.epsilon.value_or(1e-5);
  }
  void operator()(LayerNorm& layer_norm) const {  // PyTorch 2.13
    layer_norm.epsilon = layer_norm.epsilon.value_or(1e-5);
  }
  template <typename Other>
  void operator()(Other&) const {}  // has nothing to leave out
};

}  // namespace

Settings resolve(const Recipe& recipe, Network network) {
  for (Layer& layer : network.layers) {
    std::visit(FillIn{}, layer.operation);
  }
  Settings settings;
  settings.network = std::move(network);
  settings.loss = recipe.loss;
  settings.optimizer = resolve_optimizer(recipe.optimizer);
  return settings;
}

WeightDecay weight_decay_form(const OptimizerSettings& settings) {
  if (settings.dialect.weight_decay != WeightDecay::ByName) {
    return settings.dialect.weight_decay;
  }
  return settings.kind == OptimizerKind::AdamW ? WeightDecay::Decoupled : WeightDecay::Coupled;
}

}  // namespace plumbline
