#include <algorithm>
#include <optional>

#include "engine/fast/eltwise.h"
#include "engine/fast/operation.h"
#include "engine/fast/parts.h"
#include "engine/fast/window.h"

namespace plumbline::fast {
namespace {

using dnnl::memory;

// In how many parts of the batch a kernel's gradient of so many floats is summed. All parts have
// theirs in memory at once.
std::int64_t most_gradient_parts(std::int64_t floats) {
  constexpr std::int64_t kMostFloats = 16 << 20;
  return std::clamp<std::int64_t>(kMostFloats / floats, 2, 8);
}
constexpr std::int64_t kMostParts = 16;

// A convolution in the layouts that oneDNN likes best. Input, output and weights are brought into
// them and back; the weights' own reorders cost little beside the products. Bias and activation are
// part of the primitive. All is done in parts of the batch.
class Conv2dOperation : public Operation {
 public:
  Conv2dOperation(
      const Site& site, const Conv2d& conv2d, Value& input, Value& output, const Activation* fused)
      : site_(site), input_(input), output_(output), parts_(site.batch, kMostParts) {
    if (fused != nullptr) {
      fused_ = *fused;
    }
    output_dims_ = activation_dims(site.batch, site.layer.output_shape);
    window_ = make_window(input.dims(), output_dims_, conv2d.kernel, conv2d.stride, conv2d.padding);
    const memory::dims kernel_dims{
        conv2d.filters, input.dims()[1], conv2d.kernel[0], conv2d.kernel[1]};
    kernel_ = memory({kernel_dims, memory::data_type::f32, memory::format_tag::hwio},
                     site.runtime.engine,
                     site.parameters.weight(site.parameter("kernel")));
    if (conv2d.bias) {
      bias_ = vector_memory(
          site.runtime, site.parameters.weight(site.parameter("bias")), conv2d.filters);
    }
    make_forward();
  }

  void forward() override {
    const Runtime& runtime = site_.runtime;
    input_relayout_.run(runtime);
    kernel_relayout_.run(runtime);
    forward_call_.run();
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
    weights_call_.run();
    add_weight_parts();
    if (input_.wants_gradient) {
      gradient_for_data_.run(runtime);
      kernel_for_data_.run(runtime);
      data_call_.run();
      input_gradient_.run(runtime);
    }
  }

 private:
  // The layouts of one primitive's activations and kernel.
  struct Layouts {
    memory::desc input;
    memory::desc kernel;
    memory::desc output;
    [[nodiscard]] Layouts of(std::int64_t batch) const {
      return {with_batch(input, batch), kernel, with_batch(output, batch)};
    }
  };
  [[nodiscard]] Layouts any_layouts(std::int64_t batch) const {
    memory::dims input = input_.dims();
    memory::dims output = output_dims_;
    input[0] = batch;
    output[0] = batch;
    return {any_desc(input), any_desc(kernel_.get_desc().dims()), any_desc(output)};
  }

  // With `memory::desc{}` for a bias that is not there.
  [[nodiscard]] memory::desc bias_desc() const { return bias_ ? bias_.get_desc() : memory::desc(); }

  [[nodiscard]] dnnl::convolution_forward::primitive_desc forward_desc(
      const Layouts& layouts) const {
    const ForOneThread one;
    const dnnl::prop_kind kind =
        site_.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    return {{kind,
             dnnl::algorithm::convolution_direct,
             layouts.input,
             layouts.kernel,
             bias_desc(),
             layouts.output,
             window_.stride,
             window_.padding_begin,
             window_.padding_end},
            with_own_scratchpad(fused_attributes(fused_ ? &*fused_ : nullptr)),
            site_.runtime.engine};
  }

  void make_forward() {
    const Runtime& runtime = site_.runtime;
    const auto first = forward_desc(any_layouts(parts_.size(0)));
    const Layouts chosen =
        Layouts{first.src_desc(), first.weights_desc(), first.dst_desc()}.of(site_.batch);
    input_relayout_ = Relayout(runtime, input_.data, chosen.input);
    kernel_relayout_ = Relayout(runtime, kernel_, chosen.kernel);
    output_.data = memory(chosen.output, runtime.engine);
    for (std::int64_t part = 0; part < parts_.count(); ++part) {
      const std::int64_t begin = parts_.begin(part);
      const std::int64_t size = parts_.size(part);
      const auto desc = forward_desc(chosen.of(size));
      Call call{one_thread<dnnl::convolution_forward>(desc),
                {{DNNL_ARG_SRC, images_of(input_relayout_.target(), begin, size)},
                 {DNNL_ARG_WEIGHTS, kernel_relayout_.target()},
                 {DNNL_ARG_DST, images_of(output_.data, begin, size)}}};
      if (bias_) {
        call.arguments.emplace(DNNL_ARG_BIAS, bias_);
      }
      forward_call_.add(runtime, std::move(call), desc.scratchpad_desc());
    }
  }

  [[nodiscard]] dnnl::convolution_backward_weights::primitive_desc weights_desc(
      const Layouts& layouts, std::int64_t batch) const {
    const auto hint = forward_desc(any_layouts(batch));
    const ForOneThread one;
    return {{dnnl::algorithm::convolution_direct,
             layouts.input,
             layouts.kernel,
             bias_desc(),
             layouts.output,
             window_.stride,
             window_.padding_begin,
             window_.padding_end},
            with_own_scratchpad(),
            site_.runtime.engine,
            hint};
  }

  void prepare_weights() {
    const Runtime& runtime = site_.runtime;
    const BatchParts parts(site_.batch,
                           most_gradient_parts(element_count(kernel_.get_desc().dims())));
    const auto first = weights_desc(any_layouts(parts.size(0)), parts.size(0));
    const Layouts chosen =
        Layouts{first.src_desc(), first.diff_weights_desc(), first.diff_dst_desc()}.of(site_.batch);
    input_for_weights_ = Relayout(runtime, input_relayout_.target(), chosen.input);
    gradient_for_weights_ = Relayout(runtime, activation_gradient_.memory(), chosen.output);
    for (std::int64_t part = 0; part < parts.count(); ++part) {
      const std::int64_t begin = parts.begin(part);
      const std::int64_t size = parts.size(part);
      const auto desc = weights_desc(chosen.of(size), size);
      kernel_parts_.emplace_back(chosen.kernel, runtime.engine);
      Call call{one_thread<dnnl::convolution_backward_weights>(desc),
                {{DNNL_ARG_SRC, images_of(input_for_weights_.target(), begin, size)},
                 {DNNL_ARG_DIFF_DST, images_of(gradient_for_weights_.target(), begin, size)},
                 {DNNL_ARG_DIFF_WEIGHTS, kernel_parts_.back()}}};
      if (bias_) {
        bias_parts_.emplace_back(bias_desc(), runtime.engine);
        call.arguments.emplace(DNNL_ARG_DIFF_BIAS, bias_parts_.back());
      }
      weights_call_.add(runtime, std::move(call), desc.scratchpad_desc());
    }
    kernel_gradient_ = Relayout(
        kernel_parts_.front(),
        memory(kernel_.get_desc(),
               runtime.engine,
               site_.parameters.gradient(site_.parameter("kernel"))));
  }

  void add_weight_parts() {
    add_up(kernel_parts_, floats(kernel_parts_.front()));
    kernel_gradient_.run(site_.runtime);
    if (bias_) {
      add_up(bias_parts_, site_.parameters.gradient(site_.parameter("bias")));
    }
  }

  [[nodiscard]] dnnl::convolution_backward_data::primitive_desc data_desc(
      const Layouts& layouts, std::int64_t batch) const {
    const auto hint = forward_desc(any_layouts(batch));
    const ForOneThread one;
    return {{dnnl::algorithm::convolution_direct,
             layouts.input,
             layouts.kernel,
             layouts.output,
             window_.stride,
             window_.padding_begin,
             window_.padding_end},
            with_own_scratchpad(),
            site_.runtime.engine,
            hint};
  }

  void prepare_data() {
    const Runtime& runtime = site_.runtime;
    const auto first = data_desc(any_layouts(parts_.size(0)), parts_.size(0));
    const Layouts chosen =
        Layouts{first.diff_src_desc(), first.weights_desc(), first.diff_dst_desc()}.of(site_.batch);
    gradient_for_data_ = Relayout(runtime, activation_gradient_.memory(), chosen.output);
    kernel_for_data_ = Relayout(runtime, kernel_, chosen.kernel);
    const memory found(chosen.input, runtime.engine);
    for (std::int64_t part = 0; part < parts_.count(); ++part) {
      const std::int64_t begin = parts_.begin(part);
      const std::int64_t size = parts_.size(part);
      const auto desc = data_desc(chosen.of(size), size);
      data_call_.add(runtime,
                     {one_thread<dnnl::convolution_backward_data>(desc),
                      {{DNNL_ARG_DIFF_DST, images_of(gradient_for_data_.target(), begin, size)},
                       {DNNL_ARG_WEIGHTS, kernel_for_data_.target()},
                       {DNNL_ARG_DIFF_SRC, images_of(found, begin, size)}}},
                     desc.scratchpad_desc());
    }
    input_gradient_ = InputGradient(runtime, input_, found);
  }

  Site site_;
  Value& input_;
  Value& output_;
  BatchParts parts_;
  memory::dims output_dims_;
  std::optional<Activation> fused_;
  Window window_;
  memory kernel_;
  memory bias_;  // empty where the layer has none

  Relayout input_relayout_;
  Relayout kernel_relayout_;
  PartedCall forward_call_;

  OutputGradient output_gradient_;
  FusedActivationGradient activation_gradient_;
  Relayout input_for_weights_;
  Relayout gradient_for_weights_;
  PartedCall weights_call_;
  std::vector<memory> kernel_parts_;
  std::vector<memory> bias_parts_;
  Relayout kernel_gradient_;
  Relayout gradient_for_data_;
  Relayout kernel_for_data_;
  PartedCall data_call_;
  InputGradient input_gradient_;
};

}  // namespace

OperationPointer make_conv2d(
    const Site& site, const Conv2d& conv2d, Value& input, Value& output, const Activation* fused) {
  return std::make_unique<Conv2dOperation>(site, conv2d, input, output, fused);
}

}  // namespace plumbline::fast
