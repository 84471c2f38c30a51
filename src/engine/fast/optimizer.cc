#include "engine/fast/optimizer.h"

#include <algorithm>
#include <cmath>

namespace plumbline::fast {
namespace {

// Each rule gives a weight's new value and updates as many slots as it says. w: weight, g: gradient
// with coupled decay in it.

struct PlainSgd {
  static constexpr int kSlots = 0;
  float learning_rate;
  float operator()(float w, float g, float&, float&) const { return w - learning_rate * g; }
};

// v = momentum * v + g; Nesterov looks one step ahead: g + momentum * v (Sutskever et al. 2013, as
// PyTorch writes it).
struct MomentumSgd {
  static constexpr int kSlots = 1;
  float learning_rate;
  float momentum;
  float direct;    // share of g in the update: 1 with Nesterov, else 0
  float velocity;  // share of v in the update: momentum with Nesterov, else 1
  float operator()(float w, float g, float& v, float&) const {
    v = momentum * v + g;
    return w - learning_rate * (direct * g + velocity * v);
  }
};

// Kingma & Ba 2015. Both places of epsilon are one formula: rate * m / (root * sqrt(v) + epsilon).
struct Adam {
  static constexpr int kSlots = 2;
  float keep;  // what decoupled decay leaves of a weight
  float beta_1;
  float beta_2;
  float take_1;  // 1 - beta_1
  float take_2;  // 1 - beta_2
  float rate;
  float root;
  float epsilon;
  float operator()(float w, float g, float& m, float& v) const {
    m = beta_1 * m + take_1 * g;
    v = beta_2 * v + take_2 * g * g;
    return keep * w - rate * (m / (root * std::sqrt(v) + epsilon));
  }
};

// Hinton 2012, with a momentum over the scaled gradients as PyTorch has it.
struct RmsProp {
  static constexpr int kSlots = 2;
  float learning_rate;
  float rho;
  float take;  // 1 - rho
  float epsilon;
  float momentum;
  float operator()(float w, float g, float& mean_square, float& velocity) const {
    mean_square = rho * mean_square + take * g * g;
    velocity = momentum * velocity + g / (std::sqrt(mean_square) + epsilon);
    return w - learning_rate * velocity;
  }
};

// Duchi, Hazan & Singer 2011.
struct Adagrad {
  static constexpr int kSlots = 1;
  float learning_rate;
  float epsilon;
  float operator()(float w, float g, float& sum, float&) const {
    sum += g * g;
    return w - learning_rate * (g / (std::sqrt(sum) + epsilon));
  }
};

// Zeiler 2012.
struct Adadelta {
  static constexpr int kSlots = 2;
  float learning_rate;
  float rho;
  float take;  // 1 - rho
  float epsilon;
  float operator()(float w, float g, float& mean_square, float& mean_update) const {
    mean_square = rho * mean_square + take * g * g;
    const float update = std::sqrt(mean_update + epsilon) / std::sqrt(mean_square + epsilon) * g;
    mean_update = rho * mean_update + take * update * update;
    return w - learning_rate * update;
  }
};

struct Slots {
  float* first;
  float* second;
};

float rounded(double value) {
  return static_cast<float>(value);
}

Adam make_adam(const OptimizerSettings& settings, std::int64_t step) {
  const double t = static_cast<double>(step);
  const double correction_1 = 1.0 - std::pow(settings.beta_1, t);
  const double root_2 = std::sqrt(1.0 - std::pow(settings.beta_2, t));
  const bool hat = settings.dialect.adam_epsilon == AdamEpsilon::EpsilonHat;
  const bool decoupled = settings.kind == OptimizerKind::AdamW;
  return {.keep = rounded(decoupled ? 1.0 - settings.learning_rate * settings.weight_decay : 1.0),
          .beta_1 = rounded(settings.beta_1),
          .beta_2 = rounded(settings.beta_2),
          .take_1 = rounded(1.0 - settings.beta_1),
          .take_2 = rounded(1.0 - settings.beta_2),
          .rate = rounded(settings.learning_rate / correction_1 * (hat ? root_2 : 1.0)),
          .root = rounded(hat ? 1.0 : 1.0 / root_2),
          .epsilon = rounded(settings.epsilon)};
}

// One pass over all parameters. `decay` adds decay * w to the gradient.
template <typename Rule>
void apply(
    const Rule& rule, float decay, std::span<float> weights, const float* gradients, Slots slots) {
  float* w = weights.data();
  const auto count = static_cast<std::int64_t>(weights.size());
#pragma omp parallel for simd schedule(static)
  for (std::int64_t i = 0; i < count; ++i) {
    float first = 0;
    float second = 0;
    if constexpr (Rule::kSlots > 0) {
      first = slots.first[i];
    }
    if constexpr (Rule::kSlots > 1) {
      second = slots.second[i];
    }
    w[i] = rule(w[i], gradients[i] + decay * w[i], first, second);
    if constexpr (Rule::kSlots > 0) {
      slots.first[i] = first;
    }
    if constexpr (Rule::kSlots > 1) {
      slots.second[i] = second;
    }
  }
}

int slot_count(const OptimizerSettings& settings) {
  switch (settings.kind) {
    case OptimizerKind::Sgd:
      return settings.momentum == 0 ? PlainSgd::kSlots : MomentumSgd::kSlots;
    case OptimizerKind::Adam:
    case OptimizerKind::AdamW:
      return Adam::kSlots;
    case OptimizerKind::RmsProp:
      return RmsProp::kSlots;
    case OptimizerKind::Adagrad:
      return Adagrad::kSlots;
    case OptimizerKind::Adadelta:
      return Adadelta::kSlots;
  }
  return 0;
}

}  // namespace

FlatOptimizer::FlatOptimizer(const OptimizerSettings& settings, std::size_t size)
    : settings_(settings) {
  const Shape shape{static_cast<std::int64_t>(size)};
  if (slot_count(settings) > 0) {
    first_ = Tensor(DType::F32, shape);
  }
  if (slot_count(settings) > 1) {
    second_ = Tensor(DType::F32, shape);
  }
  if (settings.kind == OptimizerKind::Adagrad) {
    std::ranges::fill(first_.as<float>(), rounded(settings.initial_accumulator));
  }
}

void FlatOptimizer::step(std::span<float> weights, std::span<const float> gradients) {
  ++steps_;
  const OptimizerSettings& s = settings_;
  const float rate = rounded(s.learning_rate);
  const float epsilon = rounded(s.epsilon);
  const float rho = rounded(s.rho);
  const float take = rounded(1.0 - s.rho);
  const auto run = [&](const auto& rule) {
    const float decay = s.kind == OptimizerKind::AdamW ? 0.0F : rounded(s.weight_decay);
    const Slots slots{first_.as<float>().data(), second_.as<float>().data()};
    apply(rule, decay, weights, gradients.data(), slots);
  };
  switch (s.kind) {
    case OptimizerKind::Sgd: {
      const float momentum = rounded(s.momentum);
      if (s.momentum == 0) {  // and then Nesterov changes nothing
        return run(PlainSgd{rate});
      }
      return run(s.nesterov ? MomentumSgd{rate, momentum, 1, momentum}
                            : MomentumSgd{rate, momentum, 0, 1});
    }
    case OptimizerKind::Adam:
    case OptimizerKind::AdamW:
      return run(make_adam(s, steps_));
    case OptimizerKind::RmsProp:
      return run(RmsProp{rate, rho, take, epsilon, rounded(s.momentum)});
    case OptimizerKind::Adagrad:
      return run(Adagrad{rate, epsilon});
    case OptimizerKind::Adadelta:
      return run(Adadelta{rate, rho, take, epsilon});
  }
}

}  // namespace plumbline::fast
