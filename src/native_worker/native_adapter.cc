#include "native_worker/native_adapter.h"

#include <omp.h>

#include <algorithm>
#include <variant>

#include "adapter/images.h"
#include "draw/draw.h"
#include "engine/fast/fast_trainer.h"
#include "engine/reference/trainer.h"
#include "native_worker/native_observer.h"
#include "native_worker/settings_report.h"
#include "native_worker/versions.h"

namespace plumbline {

nlohmann::json NativeAdapter::describe() {
  nlohmann::json versions{{"plumbline", plumbline_version()}};
  if (engine_ == Engine::Fast) {
    versions["onednn"] = onednn_version();
  }
  return {{"framework", "Plumbline native"},
          {"versions", std::move(versions)},
          {"threads", engine_ == Engine::Fast ? omp_get_max_threads() : 1}};
}

void NativeAdapter::load_data(TrialData data) {
  train_images_ = scaled(data.train.images, data.scaling);
  test_images_ = scaled(data.test.images, data.scaling);
  labels_ = std::move(data.train.labels);
}

nlohmann::json NativeAdapter::build(const TrialPlan& plan) {
  if (plan.device != "cpu") {
    throw Unsupported{"The native engine runs on the CPU only, not on '" + plan.device + "'."};
  }
  const Settings settings = resolve(plan.recipe, plan.network);
  recipe_ = plan.recipe;
  network_ = plan.network;
  key_ = stream_key("native", plan.seed);
  if (engine_ == Engine::Fast) {
    trainer_ = make_fast_trainer(settings, std::min(recipe_.batch, std::ssize(labels_)));
  } else {
    trainer_ = reference::make_trainer(settings);
  }
  if (!std::holds_alternative<Checkpoint>(recipe_.weights)) {
    trainer_->set_state(initial_weights(network_, recipe_, key_));
  }
  return settings_report(settings, plan, engine_);
}

TensorMap NativeAdapter::state() {
  return trainer_->state();
}

void NativeAdapter::set_state(const TensorMap& state) {
  trainer_->set_state(state);
}

void NativeAdapter::train(std::int64_t steps, TrainingReport& report) {
  BatchOrder order(recipe_, std::ssize(labels_), key_);
  for (std::int64_t step = 0; step < steps; ++step) {
    const std::vector<std::int64_t> indices = order.next();
    const double loss = this->step(indices, dropout_masks(network_, std::ssize(indices), step, key_));
    report.step_done(step + 1, [loss] { return loss; });
  }
}

std::vector<std::int64_t> NativeAdapter::labels_at(const std::vector<std::int64_t>& indices) const {
  std::vector<std::int64_t> labels;
  labels.reserve(indices.size());
  for (const std::int64_t index : indices) {
    labels.push_back(labels_[static_cast<std::size_t>(index)]);
  }
  return labels;
}

double NativeAdapter::step(const std::vector<std::int64_t>& indices, const TensorMap& masks) {
  return trainer_->step({images_at(train_images_, indices), labels_at(indices), masks});
}

std::unique_ptr<Observer> NativeAdapter::observer() {
  if (engine_ == Engine::Fast) {
    throw Unsupported{"The fast engine has no observed form."};
  }
  return make_native_observer(*this);
}

Tensor NativeAdapter::predict() {
  const std::int64_t images = test_images_.shape().front();
  const std::int64_t classes = network_.layers.back().output_shape.front();
  Tensor outputs(DType::F32, {images, classes});
  float* to = outputs.as<float>().data();
  for (std::int64_t first = 0; first < images; first += kPredictBatch) {
    const Tensor part = trainer_->predict(images_from(test_images_, first, kPredictBatch));
    to = std::ranges::copy(part.as<float>(), to).out;
  }
  return outputs;
}

}  // namespace plumbline
