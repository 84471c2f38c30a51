#pragma once

#include <torch/torch.h>

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

  // Views of all parameters and running values by the protocol's names, in its layouts: what is
  // copied into a view is in the model.
  [[nodiscard]] std::map<std::string, torch::Tensor> canonical_views();
  // (batch, ...) of the protocol, in its layout.
  void set_mask(const std::string& layer, const torch::Tensor& mask);

  struct Step {
    std::string layer;
    std::vector<std::size_t> inputs;  // positions; 0 is the network's input
    torch::nn::Sequential modules;    // of a layer with one input
    bool adds = false;                // of a layer with several: adds them, or joins their channels
  };
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }

 private:
  std::vector<Step> steps_;
};
TORCH_MODULE(Model);
