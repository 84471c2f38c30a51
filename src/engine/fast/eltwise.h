#pragma once

#include <dnnl.hpp>

#include "engine/fast/runtime.h"
#include "study/network.h"

namespace plumbline::fast {

// Whether oneDNN can work an activation into the layer before it, and find its gradient from its
// output alone. True of relu, tanh, sigmoid and of leaky_relu with a slope that is not negative.
[[nodiscard]] bool can_fuse(const Activation& activation);

// A fusable activation as a primitive of its own; both memories have one layout.
[[nodiscard]] Call activation_call(const Runtime& runtime,
                                   const Activation& activation,
                                   const dnnl::memory& input,
                                   const dnnl::memory& output);

// An activation as the last part of another primitive; nothing where `activation` is null.
[[nodiscard]] dnnl::primitive_attr fused_attributes(const Activation* activation);

// Backward of a fused activation: from the gradient of its output to that of its input.
class FusedActivationGradient {
 public:
  FusedActivationGradient() = default;
  // Where `activation` is null, `memory()` is `output_gradient` itself.
  FusedActivationGradient(const Runtime& runtime,
                          const Activation* activation,
                          const dnnl::memory& output,
                          const dnnl::memory& output_gradient);
  [[nodiscard]] const dnnl::memory& memory() const { return memory_; }
  void run(const Runtime& runtime) const;

 private:
  dnnl::memory memory_;
  Call call_;  // empty where there is no activation
};

}  // namespace plumbline::fast
