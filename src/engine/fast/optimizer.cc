#include "engine/fast/optimizer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/fast/parallel.h"

namespace plumbline::fast {
namespace {

float rounded(double value) {
  return static_cast<float>(value);
}

// 1 - value, by the dialect's convention.
float complement(const OptimizerSettings& settings, double value) {
  return settings.dialect.constants == Constants::Float32 ? 1.0F - rounded(value)
                                                          : rounded(1.0 - value);
}

// 1 - beta^t, by the dialect's convention.
double bias_correction(const OptimizerSettings& settings, double beta, std::int64_t t) {
  if (!settings.dialect.bias_correction) {
    return 1.0;
  }
  switch (settings.dialect.beta_power) {
    case BetaPower::Double:
      break;
    case BetaPower::Float32:
      return 1.0F - std::pow(rounded(beta), static_cast<float>(t));
    case BetaPower::Float32Accumulated: {
      float power = 1;
      for (std::int64_t step = 0; step < t; ++step) {
        power *= rounded(beta);
      }
      return 1.0F - power;
    }
  }
  return 1.0 - std::pow(beta, static_cast<double>(t));
}

Root root_with(RootEpsilon place, double epsilon) {
  switch (place) {
    case RootEpsilon::Outside:
      return {.epsilon = rounded(epsilon)};
    case RootEpsilon::Inside:
      break;
    case RootEpsilon::Reciprocal:  // where v and with it g is 0, a step of 0 even without epsilon
      return {.inner_epsilon = std::max(rounded(epsilon), std::numeric_limits<float>::min())};
  }
  return {.inner_epsilon = rounded(epsilon)};
}

bool rate_inside(const OptimizerSettings& settings) {
  return settings.dialect.rate_place == LearningRatePlace::Inside;
}

void set_rate(Update& update, const OptimizerSettings& settings) {
  const float rate = rounded(settings.learning_rate);
  update.rate = rate_inside(settings) ? 1.0F : rate;
  update.enter = rate_inside(settings) ? rate : 1.0F;
}

void set_decay(Update& update, const OptimizerSettings& settings) {
  switch (weight_decay_form(settings)) {
    case WeightDecay::ByName:
    case WeightDecay::Coupled:
      update.decay = rounded(settings.weight_decay);
      return;
    case WeightDecay::Decoupled:
      update.keep = rounded(1.0 - settings.learning_rate * settings.weight_decay);
      return;
    case WeightDecay::DecoupledUnscaled:
      update.keep = rounded(1.0 - settings.weight_decay);
      return;
  }
}

void set_mean_square(Update& update, const OptimizerSettings& settings) {
  update.keep_second = rounded(settings.rho);
  update.take_second = complement(settings, settings.rho);
}

void set_sgd(Update& update, const OptimizerSettings& settings, std::int64_t t) {
  set_rate(update, settings);
  if (settings.momentum == 0) {  // and then Nesterov changes nothing
    update.form = UpdateForm::PlainSgd;
    update.rate = rounded(settings.learning_rate);
    return;
  }
  update.form = UpdateForm::MomentumSgd;
  update.momentum = rounded(settings.momentum);
  if (settings.nesterov) {
    update.direct = update.enter;
    update.share = update.momentum;
  }
  if (t > 1 || settings.dialect.first_step == FirstStep::Dampened) {
    update.enter *= complement(settings, settings.dialect.dampening);
  }
}

void set_adam(Update& update, const OptimizerSettings& settings, std::int64_t t) {
  const double correction_1 = bias_correction(settings, settings.beta_1, t);
  const double correction_2 = bias_correction(settings, settings.beta_2, t);
  const double rate = settings.learning_rate / correction_1;
  update.form = UpdateForm::Adam;
  update.keep_first = rounded(settings.beta_1);
  update.take_first = complement(settings, settings.beta_1);
  update.keep_second = rounded(settings.beta_2);
  update.take_second = complement(settings, settings.beta_2);
  update.rate = rounded(rate);
  const float epsilon = rounded(settings.epsilon);
  switch (settings.dialect.adam_epsilon) {
    case AdamEpsilon::Algorithm1:
      update.root = {.scale = rounded(1.0 / std::sqrt(correction_2)), .epsilon = epsilon};
      return;
    case AdamEpsilon::EpsilonHat:
      update.rate = rounded(rate * std::sqrt(correction_2));
      update.root = {.epsilon = epsilon};
      return;
    case AdamEpsilon::InsideRoot:
      update.root = {.inner_scale = rounded(1.0 / correction_2), .inner_epsilon = epsilon};
      return;
  }
}

Update update_of(const OptimizerSettings& settings, std::int64_t t) {
  const OptimizerDialect& dialect = settings.dialect;
  Update update;
  set_decay(update, settings);
  switch (settings.kind) {
    case OptimizerKind::Sgd:
      set_sgd(update, settings, t);
      break;
    case OptimizerKind::Adam:
    case OptimizerKind::AdamW:
      set_adam(update, settings, t);
      break;
    case OptimizerKind::RmsProp:
      update.form = UpdateForm::RmsProp;
      set_rate(update, settings);
      set_mean_square(update, settings);
      update.momentum = rounded(settings.momentum);
      update.root = root_with(dialect.rmsprop_epsilon, settings.epsilon);
      break;
    case OptimizerKind::Adagrad:
      update.form = UpdateForm::Adagrad;
      update.rate = rounded(settings.learning_rate);
      update.root = root_with(dialect.adagrad_epsilon, settings.epsilon);
      break;
    case OptimizerKind::Adadelta:
      update.form = UpdateForm::Adadelta;
      set_rate(update, settings);
      set_mean_square(update, settings);
      update.root = root_with(dialect.adadelta_epsilon, settings.epsilon);
      break;
  }
  return update;
}

}  // namespace

Optimizer::Optimizer(const OptimizerSettings& settings, std::size_t size) : settings_(settings) {
  const Shape shape{static_cast<std::int64_t>(size)};
  const int slots = slot_count(update_of(settings, 1).form);
  if (slots > 0) {
    first_ = Tensor(DType::F32, shape);
  }
  if (slots > 1) {
    second_ = Tensor(DType::F32, shape);
  }
  if (settings.kind == OptimizerKind::Adagrad || settings.kind == OptimizerKind::RmsProp) {
    std::ranges::fill(first_.as<float>(), rounded(settings.initial_accumulator));
  }
}

Update Optimizer::next() {
  return update_of(settings_, ++steps_);
}

Slots Optimizer::slots(std::size_t offset) {
  const auto from = [offset](Tensor& slot) {
    return slot.size() > 0 ? slot.as<float>().data() + offset : nullptr;
  };
  return {from(first_), from(second_)};
}

void Optimizer::update(const Update& update,
                       std::span<float> weights,
                       std::span<const float> gradients) {
  constexpr std::size_t kPart = 4096;
  const std::size_t parts = (weights.size() + kPart - 1) / kPart;
  parallel_for(static_cast<std::int64_t>(parts), [&](std::int64_t part) {
    const std::size_t first = static_cast<std::size_t>(part) * kPart;
    const std::size_t count = std::min(kPart, weights.size() - first);
    apply_update(update,
                 weights.data() + first,
                 gradients.data() + first,
                 slots(first),
                 static_cast<std::int64_t>(count));
  });
}

}  // namespace plumbline::fast
