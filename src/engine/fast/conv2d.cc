#include <optional>

#include "engine/fast/eltwise.h"
#include "engine/fast/operation.h"
#include "engine/fast/window.h"

namespace plumbline::fast {
namespace {

using dnnl::memory;

// A convolution in the layouts that oneDNN likes best. Input, output and weights are brought into
// them and back; the weights' own reorders cost little beside the products. Bias and activation are
// part of the primitive.
class Conv2dOperation : public Operation {
 public:
  Conv2dOperation(
      const Site& site, const Conv2d& conv2d, Value& input, Value& output, const Activation* fused)
      : site_(site), conv2d_(conv2d), input_(input), output_(output) {
    if (fused != nullptr) {
      fused_ = *fused;
    }
    const memory::dims output_dims = activation_dims(site.batch, site.layer.output_shape);
    window_ = make_window(input.dims(), output_dims, conv2d.kernel, conv2d.stride, conv2d.padding);
    const memory::dims kernel_dims{
        conv2d.filters, input.dims()[1], conv2d.kernel[0], conv2d.kernel[1]};
    kernel_ = memory({kernel_dims, memory::data_type::f32, memory::format_tag::hwio},
                     site.runtime.engine,
                     site.parameters.weight(site.parameter("kernel")));
    if (conv2d.bias) {
      bias_ = vector_memory(
          site.runtime, site.parameters.weight(site.parameter("bias")), conv2d.filters);
    }
    make_forward(output_dims);
  }

  void forward() override {
    const Runtime& runtime = site_.runtime;
    input_relayout_.run(runtime);
    kernel_relayout_.run(runtime);
    forward_call_.run(runtime);
  }

  void prepare_backward() override {
    const Runtime& runtime = site_.runtime;
    output_gradient_ = OutputGradient(runtime, output_);
    activation_gradient_ = FusedActivationGradient(
        runtime, fused_ ? &*fused_ : nullptr, output_.data, output_gradient_.memory());
    prepare_weights();
    if (input_.wants_gradient) {
      prepare_data();
    }
  }

  void backward() override {
    const Runtime& runtime = site_.runtime;
    output_gradient_.run(runtime);
    activation_gradient_.run(runtime);
    input_for_weights_.run(runtime);
    gradient_for_weights_.run(runtime);
    weights_call_.run(runtime);
    kernel_gradient_.run(runtime);
    if (input_.wants_gradient) {
      gradient_for_data_.run(runtime);
      kernel_for_data_.run(runtime);
      data_call_.run(runtime);
      input_gradient_.run(runtime);
    }
  }

 private:
  // With `memory::desc{}` for a bias that is not there.
  [[nodiscard]] memory::desc bias_desc() const { return bias_ ? bias_.get_desc() : memory::desc(); }

  void make_forward(const memory::dims& output_dims) {
    const Runtime& runtime = site_.runtime;
    const dnnl::convolution_forward::desc asked(
        site_.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference,
        dnnl::algorithm::convolution_direct,
        any_desc(input_.dims()),
        any_desc(kernel_.get_desc().dims()),
        bias_desc(),
        any_desc(output_dims),
        window_.stride,
        window_.padding_begin,
        window_.padding_end);
    forward_desc_ = dnnl::convolution_forward::primitive_desc(
        asked, fused_attributes(fused_ ? &*fused_ : nullptr), runtime.engine);
    input_relayout_ = Relayout(runtime, input_.data, forward_desc_.src_desc());
    kernel_relayout_ = Relayout(runtime, kernel_, forward_desc_.weights_desc());
    output_.data = memory(forward_desc_.dst_desc(), runtime.engine);
    forward_call_ = {dnnl::convolution_forward(forward_desc_),
                     {{DNNL_ARG_SRC, input_relayout_.target()},
                      {DNNL_ARG_WEIGHTS, kernel_relayout_.target()},
                      {DNNL_ARG_DST, output_.data}}};
    if (bias_) {
      forward_call_.arguments.emplace(DNNL_ARG_BIAS, bias_);
    }
  }

  void prepare_weights() {
    const Runtime& runtime = site_.runtime;
    const dnnl::convolution_backward_weights::primitive_desc desc(
        {dnnl::algorithm::convolution_direct,
         any_desc(input_.dims()),
         any_desc(kernel_.get_desc().dims()),
         bias_desc(),
         any_desc(output_.dims()),
         window_.stride,
         window_.padding_begin,
         window_.padding_end},
        runtime.engine,
        forward_desc_);
    input_for_weights_ = Relayout(runtime, input_relayout_.target(), desc.src_desc());
    gradient_for_weights_ = Relayout(runtime, activation_gradient_.memory(), desc.diff_dst_desc());
    const memory gradient(
        kernel_.get_desc(), runtime.engine, site_.parameters.gradient(site_.parameter("kernel")));
    memory found = gradient;
    if (desc.diff_weights_desc() != gradient.get_desc()) {
      found = memory(desc.diff_weights_desc(), runtime.engine);
      kernel_gradient_ = Relayout(found, gradient);
    }
    weights_call_ = {dnnl::convolution_backward_weights(desc),
                     {{DNNL_ARG_SRC, input_for_weights_.target()},
                      {DNNL_ARG_DIFF_DST, gradient_for_weights_.target()},
                      {DNNL_ARG_DIFF_WEIGHTS, found}}};
    if (bias_) {
      weights_call_.arguments.emplace(
          DNNL_ARG_DIFF_BIAS,
          memory(bias_desc(), runtime.engine, site_.parameters.gradient(site_.parameter("bias"))));
    }
  }

  void prepare_data() {
    const Runtime& runtime = site_.runtime;
    const dnnl::convolution_backward_data::primitive_desc desc({dnnl::algorithm::convolution_direct,
                                                                any_desc(input_.dims()),
                                                                any_desc(kernel_.get_desc().dims()),
                                                                any_desc(output_.dims()),
                                                                window_.stride,
                                                                window_.padding_begin,
                                                                window_.padding_end},
                                                               runtime.engine,
                                                               forward_desc_);
    gradient_for_data_ = Relayout(runtime, activation_gradient_.memory(), desc.diff_dst_desc());
    kernel_for_data_ = Relayout(runtime, kernel_, desc.weights_desc());
    const memory found(desc.diff_src_desc(), runtime.engine);
    data_call_ = {dnnl::convolution_backward_data(desc),
                  {{DNNL_ARG_DIFF_DST, gradient_for_data_.target()},
                   {DNNL_ARG_WEIGHTS, kernel_for_data_.target()},
                   {DNNL_ARG_DIFF_SRC, found}}};
    input_gradient_ = InputGradient(runtime, input_, found);
  }

  Site site_;
  Conv2d conv2d_;
  Value& input_;
  Value& output_;
  std::optional<Activation> fused_;
  Window window_;
  memory kernel_;
  memory bias_;  // empty where the layer has none

  dnnl::convolution_forward::primitive_desc forward_desc_;
  Relayout input_relayout_;
  Relayout kernel_relayout_;
  Call forward_call_;

  OutputGradient output_gradient_;
  FusedActivationGradient activation_gradient_;
  Relayout input_for_weights_;
  Relayout gradient_for_weights_;
  Call weights_call_;
  Relayout kernel_gradient_;
  Relayout gradient_for_data_;
  Relayout kernel_for_data_;
  Call data_call_;
  InputGradient input_gradient_;
};

}  // namespace

OperationPointer make_conv2d(
    const Site& site, const Conv2d& conv2d, Value& input, Value& output, const Activation* fused) {
  return std::make_unique<Conv2dOperation>(site, conv2d, input, output, fused);
}

}  // namespace plumbline::fast
