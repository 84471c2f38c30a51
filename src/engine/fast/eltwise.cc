#include "engine/fast/eltwise.h"

#include "base/error.h"

namespace plumbline::fast {
namespace {

using dnnl::algorithm;

struct Algorithm {
  algorithm forward;
  algorithm backward_from_output;
  float alpha;
};

Algorithm algorithm_of(const Activation& activation) {
  switch (activation.kind) {
    case ActivationKind::Relu:
      return {algorithm::eltwise_relu, algorithm::eltwise_relu_use_dst_for_bwd, 0};
    case ActivationKind::LeakyRelu:
      return {algorithm::eltwise_relu,
              algorithm::eltwise_relu_use_dst_for_bwd,
              static_cast<float>(activation.slope.value_or(0))};
    case ActivationKind::Tanh:
      return {algorithm::eltwise_tanh, algorithm::eltwise_tanh_use_dst_for_bwd, 0};
    case ActivationKind::Sigmoid:
      return {algorithm::eltwise_logistic, algorithm::eltwise_logistic_use_dst_for_bwd, 0};
    case ActivationKind::Gelu:
      break;
  }
  throw Error("This activation has no gradient from its output.");
}

dnnl::eltwise_forward::primitive_desc forward_desc(const Runtime& runtime,
                                                   const Algorithm& chosen,
                                                   const dnnl::memory::desc& desc) {
  return {{dnnl::prop_kind::forward_training, chosen.forward, desc, chosen.alpha, 0.0F},
          runtime.engine};
}

}  // namespace

bool can_fuse(const Activation& activation) {
  if (activation.kind == ActivationKind::LeakyRelu) {
    return activation.slope.value_or(0) >= 0;
  }
  return activation.kind != ActivationKind::Gelu;
}

Call activation_call(const Runtime& runtime,
                     const Activation& activation,
                     const dnnl::memory& input,
                     const dnnl::memory& output) {
  const auto desc = forward_desc(runtime, algorithm_of(activation), input.get_desc());
  return {dnnl::eltwise_forward(desc), {{DNNL_ARG_SRC, input}, {DNNL_ARG_DST, output}}};
}

dnnl::primitive_attr fused_attributes(const Activation* activation) {
  dnnl::primitive_attr attributes;
  if (activation != nullptr) {
    const Algorithm chosen = algorithm_of(*activation);
    dnnl::post_ops operations;
    operations.append_eltwise(1.0F, chosen.forward, chosen.alpha, 0.0F);
    attributes.set_post_ops(operations);
  }
  return attributes;
}

FusedActivationGradient::FusedActivationGradient(const Runtime& runtime,
                                                 const Activation* activation,
                                                 const dnnl::memory& output,
                                                 const dnnl::memory& output_gradient)
    : memory_(output_gradient) {
  if (activation == nullptr) {
    return;
  }
  const Algorithm chosen = algorithm_of(*activation);
  const dnnl::memory::desc desc = output.get_desc();
  const dnnl::eltwise_backward::primitive_desc backward(
      {chosen.backward_from_output, desc, desc, chosen.alpha, 0.0F},
      runtime.engine,
      forward_desc(runtime, chosen, desc));
  memory_ = dnnl::memory(desc, runtime.engine);
  call_ = {
      dnnl::eltwise_backward(backward),
      {{DNNL_ARG_DST, output}, {DNNL_ARG_DIFF_DST, output_gradient}, {DNNL_ARG_DIFF_SRC, memory_}}};
}

void FusedActivationGradient::run(const Runtime& runtime) const {
  if (call_.primitive) {
    call_.run(runtime);
  }
}

}  // namespace plumbline::fast
