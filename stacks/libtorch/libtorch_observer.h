#pragma once

#include <torch/torch.h>

#include <map>
#include <string>

#include "adapter/adapter.h"
#include "model.h"

// The observed form of LibTorch: the adapter's own step, with a model that keeps what its modules
// compute. `adapter` and `optimizer` outlive it; `test_inputs` are as the model takes them.
class LibtorchObserver : public plumbline::Observer {
 public:
  LibtorchObserver(plumbline::Adapter& adapter,
                   Model model,
                   torch::optim::Optimizer& optimizer,
                   torch::Tensor test_inputs);
  plumbline::Observation step(const std::vector<std::int64_t>& indices,
                              const plumbline::TensorMap& masks) override;
  plumbline::Observation predict(std::int64_t images) override;

 private:
  void add_gradients(plumbline::TensorMap& tensors);
  void add_slots(plumbline::TensorMap& tensors, const std::string& kind);

  plumbline::Adapter& adapter_;
  Model model_;
  torch::optim::Optimizer& optimizer_;
  torch::Tensor test_inputs_;
};
