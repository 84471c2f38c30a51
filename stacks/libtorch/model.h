#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "study/network.h"

// A study's network as LibTorch modules, in one module of its own.
class ModelImpl : public torch::nn::Module {
 public:
  // With `controlled` dropout takes its masks from outside.
  ModelImpl(const plumbline::Network& network, bool controlled);
  // (batch, channels, height, width) or (batch, features).
  torch::Tensor forward(const torch::Tensor& x);

  // A parameter or a running value. `axes` are those of its tensor in the order of the protocol.
  struct Parameter {
    torch::Tensor tensor;
    std::vector<std::int64_t> axes;
    // Of the tensor, or of one like it, as its gradient: a view in the protocol's layout.
    [[nodiscard]] torch::Tensor canonical(const torch::Tensor& like) const {
      return like.permute(axes);
    }
  };
  // All of them by the protocol's names.
  [[nodiscard]] std::map<std::string, Parameter> canonical_parameters();
  // Views of them: what is copied into a view is in the model.
  [[nodiscard]] std::map<std::string, torch::Tensor> canonical_views();
  // (batch, ...) of the protocol, in its layout.
  void set_mask(const std::string& layer, const torch::Tensor& mask);

  // Outputs of all operations by the protocol's names, and "input".
  using Outputs = std::map<std::string, torch::Tensor>;
  // From here on `forward` puts what it computes into `seen`, in torch's layouts, where autograd
  // keeps its gradient; null to leave off.
  void see(Outputs* seen) { seen_ = seen; }

  struct Step {
    std::string layer;
    std::vector<std::size_t> inputs;  // positions; 0 is the network's input
    torch::nn::Sequential modules;    // of a layer with one input
    bool adds = false;                // of a layer with several: adds them, or joins their channels
    bool activated = false;           // the last module is the layer's fused activation
  };
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }

 private:
  torch::Tensor through_modules(Step& step, const torch::Tensor& x);
  torch::Tensor seen(const std::string& name, torch::Tensor y);

  std::vector<Step> steps_;
  Outputs* seen_ = nullptr;
};
TORCH_MODULE(Model);
