#include "libtorch_adapter.h"

#include <torch/version.h>

#include <cstdlib>

#include "base/error.h"
#include "conversion.h"
#include "libtorch_observer.h"
#include "settings.h"

namespace {

using nlohmann::json;
using plumbline::Tensor;
using plumbline::TensorMap;

constexpr std::int64_t kPredictBatch = 1000;

torch::Tensor scaled(const Tensor& images, const plumbline::InputScaling& scaling) {
  return (view_of(images).to(torch::kFloat32) * scaling.factor - scaling.mean) / scaling.stddev;
}

int thread_count() {
  const char* text = std::getenv("PLUMBLINE_THREADS");
  return text == nullptr ? 0 : std::atoi(text);
}

}  // namespace

json LibtorchAdapter::describe() {
  if (const int threads = thread_count(); threads > 0) {
    at::set_num_threads(threads);
  }
  return {{"framework", "LibTorch"},
          {"versions", {{"libtorch", TORCH_VERSION}}},
          {"threads", at::get_num_threads()}};
}

void LibtorchAdapter::load_data(plumbline::TrialData data) {
  train_images_ = scaled(data.train.images, data.scaling);
  test_images_ = scaled(data.test.images, data.scaling);
  labels_ = torch::tensor(data.train.labels, torch::kInt64);
  classes_ = data.classes;
}

json LibtorchAdapter::build(const plumbline::TrialPlan& plan) {
  if (plan.device == "cuda" && !torch::cuda::is_available()) {
    throw plumbline::Unsupported{
        "This build of LibTorch finds no CUDA device; install its CUDA build, or use the CPU."};
  }
  device_ = torch::Device(plan.device);
  recipe_ = plan.recipe;
  torch::manual_seed(plan.seed);
  model_ = Model(plan.network, plan.controlled);
  initialise(model_, recipe_);
  model_->to(device_);
  for (torch::Tensor& parameter : model_->parameters()) {
    if (parameter.dim() == 4) {
      parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
    }
  }
  optimizer_ = make_optimizer(model_->parameters(), recipe_.optimizer);
  loss_ = make_loss(recipe_.loss);
  train_images_ = train_images_.to(device_);
  test_images_ = test_images_.to(device_);
  targets_ = targets_of(recipe_.loss, labels_, classes_).to(device_);
  json settings = settings_of(model_, *optimizer_, recipe_);
  settings["loop"] = "for indices in torch::randperm(images).split(batch)";
  settings["layout"] = "channels last";
  settings["predict.batch"] = kPredictBatch;
  settings["device.name"] = plan.device;
  return settings;
}

TensorMap LibtorchAdapter::state() {
  TensorMap state;
  for (const auto& [name, view] : model_->canonical_views()) {
    state.emplace(name, tensor_of(view));
  }
  return state;
}

void LibtorchAdapter::set_state(const TensorMap& state) {
  const torch::NoGradGuard no_grad;
  for (auto& [name, view] : model_->canonical_views()) {
    const auto found = state.find(name);
    if (found == state.end()) {
      throw plumbline::Error("The state lacks the parameter '" + name + "'.");
    }
    if (found->second.shape() != view.sizes().vec()) {
      throw plumbline::Error("The state has '" + name + "' in the shape " +
                             plumbline::to_string(found->second.shape()) + ", not in " +
                             plumbline::to_string(view.sizes().vec()) + ".");
    }
    view.copy_(view_of(found->second));
  }
}

torch::Tensor LibtorchAdapter::inputs_of(const torch::Tensor& images) {
  return images.dim() == 4 ? images.permute({0, 3, 1, 2}) : images;
}

std::vector<torch::Tensor> LibtorchAdapter::epoch() const {
  const std::int64_t images = labels_.size(0);
  const torch::Tensor order = recipe_.shuffle ? torch::randperm(images, torch::kInt64)
                                              : torch::arange(images, torch::kInt64);
  std::vector<torch::Tensor> batches = order.to(device_).split(recipe_.batch);
  if (recipe_.drop_last_batch && images % recipe_.batch != 0) {
    batches.pop_back();
  }
  return batches;
}

torch::Tensor LibtorchAdapter::train_step(const torch::Tensor& indices) {
  const torch::Tensor inputs = inputs_of(train_images_.index_select(0, indices));
  const torch::Tensor targets = targets_.index_select(0, indices);
  optimizer_->zero_grad();
  torch::Tensor loss = loss_(model_->forward(inputs), targets);
  loss.backward();
  optimizer_->step();
  return loss;
}

void LibtorchAdapter::train(std::int64_t steps, plumbline::TrainingReport& report) {
  model_->train();
  for (std::int64_t step = 0; step < steps;) {
    const std::vector<torch::Tensor> batches = epoch();
    if (batches.empty()) {
      throw plumbline::Error("An epoch has no batch: there are fewer images than a batch takes.");
    }
    for (std::size_t i = 0; i < batches.size() && step < steps; ++i) {
      const torch::Tensor loss = train_step(batches[i]);
      // On a GPU, reading the loss waits for the step.
      report.step_done(++step, [&loss] { return loss.item<double>(); });
    }
  }
}

double LibtorchAdapter::step(const std::vector<std::int64_t>& indices, const TensorMap& masks) {
  for (const auto& [layer, mask] : masks) {
    model_->set_mask(layer, view_of(mask).to(device_, torch::kFloat32, false, true));
  }
  model_->train();
  return train_step(torch::tensor(indices, torch::kInt64).to(device_)).item<double>();
}

Tensor LibtorchAdapter::predict() {
  const torch::InferenceMode guard;
  model_->eval();
  std::vector<torch::Tensor> outputs;
  for (const torch::Tensor& images : test_images_.split(kPredictBatch)) {
    outputs.push_back(model_->forward(inputs_of(images)));
  }
  return tensor_of(torch::cat(outputs));
}

std::unique_ptr<plumbline::Observer> LibtorchAdapter::observer() {
  return std::make_unique<LibtorchObserver>(*this, model_, *optimizer_, inputs_of(test_images_));
}
