#pragma once

#include <torch/torch.h>

#include <memory>

#include "adapter/adapter.h"
#include "model.h"
#include "recipe.h"

// LibTorch as its users train: tensors in memory, a shuffled index each epoch, zero_grad - backward
// - step.
class LibtorchAdapter : public plumbline::Adapter {
 public:
  [[nodiscard]] nlohmann::json describe() override;
  void load_data(plumbline::TrialData data) override;
  [[nodiscard]] nlohmann::json build(const plumbline::TrialPlan& plan) override;
  [[nodiscard]] plumbline::TensorMap state() override;
  void set_state(const plumbline::TensorMap& state) override;
  void train(std::int64_t steps, plumbline::TrainingReport& report) override;
  double step(const std::vector<std::int64_t>& indices, const plumbline::TensorMap& masks) override;
  [[nodiscard]] plumbline::Tensor predict() override;
  [[nodiscard]] std::unique_ptr<plumbline::Observer> observer() override;

 private:
  // The model's inputs from images (batch, height, width, channels) or (batch, features).
  [[nodiscard]] static torch::Tensor inputs_of(const torch::Tensor& images);
  [[nodiscard]] std::vector<torch::Tensor> epoch() const;
  torch::Tensor train_step(const torch::Tensor& indices);

  torch::Tensor train_images_;  // scaled, as they came
  torch::Tensor test_images_;
  torch::Tensor labels_;
  torch::Tensor targets_;
  std::int64_t classes_ = 0;
  plumbline::Recipe recipe_;
  torch::Device device_ = torch::kCPU;
  Model model_{nullptr};
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  LossFunction loss_;
};
