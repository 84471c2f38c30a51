#include "engine/fast/kernels/conv_pool.h"

#include <algorithm>

#include "engine/fast/operation.h"
#include "engine/fast/parallel.h"
#include "engine/fast/window.h"

namespace plumbline::fast {
namespace {

using dnnl::memory;

ConvPoolShape shape_of(const Site& site, const ConvPoolLayers& layers, const Value& input) {
  const auto& conv2d = std::get<Conv2d>(layers.conv2d->operation);
  const memory::dims in = input.dims();
  const Window window = make_window(in,
                                    activation_dims(site.batch, layers.conv2d->output_shape),
                                    conv2d.kernel,
                                    conv2d.stride,
                                    conv2d.padding);
  const Shape& pooled = layers.max_pool->output_shape;
  ConvPoolShape shape;
  shape.batch = site.batch;
  shape.image = {in[2], in[3]};
  shape.channels = in[1];
  shape.kernel = conv2d.kernel;
  shape.padding = {window.padding_begin[0], window.padding_begin[1]};
  shape.filters = conv2d.filters;
  shape.pool = std::get<MaxPool>(layers.max_pool->operation).size;
  shape.pooled = {pooled[0], pooled[1]};
  shape.relu = conv2d.activation.has_value();
  return shape;
}

// In how many parts of the batch the kernel's gradient is summed, each by one thread, before the
// parts are summed in order: a number that depends on the shapes alone, as the sums' order does.
std::int64_t part_count(const ConvPoolShape& shape) {
  constexpr std::int64_t kMostParts = 8;
  constexpr std::int64_t kMostFloats = 4 << 20;
  const std::int64_t floats = shape.filters * filter_floats(shape);
  return std::clamp<std::int64_t>(kMostFloats / floats, 1, std::min(kMostParts, shape.batch));
}

// A convolution, bias, ReLU and max-pool as one. Activations are NHWC throughout.
class ConvPoolOperation : public Operation {
 public:
  ConvPoolOperation(const Site& site, const ConvPoolLayers& layers, Value& input, Value& output)
      : site_(site),
        input_(input),
        output_(output),
        shape_(shape_of(site, layers, input)),
        has_bias_(std::get<Conv2d>(layers.conv2d->operation).bias),
        relayout_(site.runtime, input.data, canonical_desc(input.dims())),
        packed_kernel_(DType::F32, {packed_kernel_floats(shape_)}) {
    const memory::dims dims = activation_dims(site.batch, layers.max_pool->output_shape);
    output.data = memory(canonical_desc(dims), site.runtime.engine);
    if (site.training) {
      winner_ = Tensor(DType::U8, {stored_floats(output.data)});
    }
  }

  void forward() override {
    relayout_.run(site_.runtime);
    float* packed = packed_kernel_.as<float>().data();
    const float* kernel = site_.parameters.weight(site_.parameter("kernel"));
    parallel_for(conv_panels(shape_),
                 [&](std::int64_t panel) { pack_kernel_panel(shape_, kernel, panel, packed); });
    ConvPoolForward pass;
    pass.input = floats(relayout_.target());
    pass.packed_kernel = packed;
    pass.bias = has_bias_ ? site_.parameters.weight(site_.parameter("bias")) : nullptr;
    pass.output = floats(output_.data);
    pass.winner = site_.training ? winner_.as<std::uint8_t>().data() : nullptr;
    parallel_for(shape_.batch,
                 [&](std::int64_t image) { conv_pool_forward_image(shape_, pass, image); });
  }

  void prepare_backward() override {
    output_gradient_ = OutputGradient(site_.runtime, output_);
    parts_ = part_count(shape_);
    filter_sums_ = Tensor(DType::F32, {parts_, shape_.filters, filter_floats(shape_)});
    bias_sums_ = Tensor(DType::F32, {parts_, shape_.filters});
    if (input_.wants_gradient) {
      packed_filters_ = Tensor(DType::F32, {shape_.filters, filter_floats(shape_)});
      found_ = memory(relayout_.target().get_desc(), site_.runtime.engine);
      input_gradient_ = InputGradient(site_.runtime, input_, found_);
    }
  }

  void backward() override {
    output_gradient_.run(site_.runtime);
    const float* kernel = site_.parameters.weight(site_.parameter("kernel"));
    ConvPoolBackward pass;
    pass.input = floats(relayout_.target());
    pass.output = floats(output_.data);
    pass.winner = winner_.as<std::uint8_t>().data();
    pass.output_gradient = floats(output_gradient_.memory());
    if (input_.wants_gradient) {
      float* packed = packed_filters_.as<float>().data();
      parallel_for(shape_.filters,
                   [&](std::int64_t filter) { pack_filter(shape_, kernel, filter, packed); });
      pass.packed_filters = packed;
      pass.input_gradient = floats(found_);
    }
    parallel_for(parts_, [&](std::int64_t part) {
      conv_pool_backward_images(shape_,
                                pass,
                                shape_.batch * part / parts_,
                                shape_.batch * (part + 1) / parts_,
                                sums_of(filter_sums_, part),
                                sums_of(bias_sums_, part));
    });
    add_parts();
    input_gradient_.run(site_.runtime);
  }

 private:
  [[nodiscard]] float* sums_of(Tensor& sums, std::int64_t part) const {
    return sums.as<float>().data() + part * (sums.size() / parts_);
  }

  void add_parts() {
    ConvPoolGradient gradient;
    gradient.parts = parts_;
    gradient.filter_sums = filter_sums_.as<float>().data();
    gradient.bias_sums = bias_sums_.as<float>().data();
    gradient.kernel = site_.parameters.gradient(site_.parameter("kernel"));
    gradient.bias = has_bias_ ? site_.parameters.gradient(site_.parameter("bias")) : nullptr;
    parallel_for(shape_.filters,
                 [&](std::int64_t filter) { add_gradient_parts(shape_, gradient, filter); });
  }

  Site site_;
  Value& input_;
  Value& output_;
  ConvPoolShape shape_;
  bool has_bias_;
  Relayout relayout_;
  Tensor packed_kernel_;
  Tensor winner_;
  OutputGradient output_gradient_;
  std::int64_t parts_ = 0;
  Tensor filter_sums_;
  Tensor bias_sums_;
  Tensor packed_filters_;
  memory found_;
  InputGradient input_gradient_;
};

}  // namespace

OperationPointer make_conv_pool(const Site& site,
                                const ConvPoolLayers& layers,
                                Value& input,
                                Value& output) {
  return std::make_unique<ConvPoolOperation>(site, layers, input, output);
}

}  // namespace plumbline::fast
