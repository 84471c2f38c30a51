#include <optional>

#include "engine/fast/eltwise.h"
#include "engine/fast/operation.h"

namespace plumbline::fast {
namespace {

using dnnl::memory;

// outputs = inputs * kernel + bias, by oneDNN's inner product on the canonical layouts: a large
// kernel is read and written once a step, so that bringing it into another layout would cost what
// that layout gains.
class DenseOperation : public Operation {
 public:
  DenseOperation(
      const Site& site, const Dense& dense, Value& input, Value& output, const Activation* fused)
      : site_(site), input_(input), output_(output) {
    if (fused != nullptr) {
      fused_ = *fused;
    }
    kernel_ =
        memory({{dense.units, input.dims()[1]}, memory::data_type::f32, memory::format_tag::io},
               site.runtime.engine,
               site.parameters.weight(site.parameter("kernel")));
    if (dense.bias) {
      bias_ =
          vector_memory(site.runtime, site.parameters.weight(site.parameter("bias")), dense.units);
    }
    make_forward();
  }

  void forward() override { forward_call_.run(site_.runtime); }

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
    weights_call_.run(runtime);
    if (input_.wants_gradient) {
      data_call_.run(runtime);
      input_gradient_.run(runtime);
    }
  }

 private:
  [[nodiscard]] memory::desc bias_desc() const { return bias_ ? bias_.get_desc() : memory::desc(); }

  void make_forward() {
    const Runtime& runtime = site_.runtime;
    output_.data = memory(canonical_desc(activation_dims(site_.batch, site_.layer.output_shape)),
                          runtime.engine);
    const dnnl::inner_product_forward::desc asked(
        site_.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference,
        input_.desc(),
        kernel_.get_desc(),
        bias_desc(),
        output_.desc());
    forward_desc_ = dnnl::inner_product_forward::primitive_desc(
        asked, fused_attributes(fused_ ? &*fused_ : nullptr), runtime.engine);
    forward_call_ = {
        dnnl::inner_product_forward(forward_desc_),
        {{DNNL_ARG_SRC, input_.data}, {DNNL_ARG_WEIGHTS, kernel_}, {DNNL_ARG_DST, output_.data}}};
    if (bias_) {
      forward_call_.arguments.emplace(DNNL_ARG_BIAS, bias_);
    }
  }

  void prepare_weights() {
    const Runtime& runtime = site_.runtime;
    const dnnl::inner_product_backward_weights::primitive_desc desc(
        {input_.desc(), kernel_.get_desc(), bias_desc(), output_.desc()},
        runtime.engine,
        forward_desc_);
    weights_call_ = {dnnl::inner_product_backward_weights(desc),
                     {{DNNL_ARG_SRC, input_.data},
                      {DNNL_ARG_DIFF_DST, activation_gradient_.memory()},
                      {DNNL_ARG_DIFF_WEIGHTS,
                       memory(kernel_.get_desc(),
                              runtime.engine,
                              site_.parameters.gradient(site_.parameter("kernel")))}}};
    if (bias_) {
      weights_call_.arguments.emplace(
          DNNL_ARG_DIFF_BIAS,
          memory(bias_desc(), runtime.engine, site_.parameters.gradient(site_.parameter("bias"))));
    }
  }

  void prepare_data() {
    const Runtime& runtime = site_.runtime;
    const dnnl::inner_product_backward_data::primitive_desc desc(
        {input_.desc(), kernel_.get_desc(), output_.desc()}, runtime.engine, forward_desc_);
    const memory found(input_.desc(), runtime.engine);
    data_call_ = {dnnl::inner_product_backward_data(desc),
                  {{DNNL_ARG_DIFF_DST, activation_gradient_.memory()},
                   {DNNL_ARG_WEIGHTS, kernel_},
                   {DNNL_ARG_DIFF_SRC, found}}};
    input_gradient_ = InputGradient(runtime, input_, found);
  }

  Site site_;
  Value& input_;
  Value& output_;
  std::optional<Activation> fused_;
  memory kernel_;
  memory bias_;  // empty where the layer has none
  dnnl::inner_product_forward::primitive_desc forward_desc_;
  Call forward_call_;
  OutputGradient output_gradient_;
  FusedActivationGradient activation_gradient_;
  Call weights_call_;
  Call data_call_;
  InputGradient input_gradient_;
};

}  // namespace

OperationPointer make_dense(
    const Site& site, const Dense& dense, Value& input, Value& output, const Activation* fused) {
  return std::make_unique<DenseOperation>(site, dense, input, output, fused);
}

}  // namespace plumbline::fast
