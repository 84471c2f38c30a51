#include "engine/fast/kernels/dense.h"
#include "engine/fast/operation.h"
#include "engine/fast/parallel.h"

namespace plumbline::fast {
namespace {

using dnnl::memory;

// A dense layer, its ReLU and the dropout behind it as one, with a kernel in panels whose update is
// part of the backward pass.
class PanelDenseOperation : public Operation {
 public:
  PanelDenseOperation(const Site& site, const DenseLayers& layers, Value& input, Value& output)
      : site_(site),
        dropout_(layers.dropout),
        input_(input),
        output_(output),
        shape_{site.batch, input.dims()[1], layers.dense->output_shape[0]},
        panels_(shape_.inputs),
        packed_inputs_(DType::F32, {panels_.floats(shape_.batch)}) {
    const auto& dense = std::get<Dense>(layers.dense->operation);
    relu_ = dense.activation.has_value();
    has_bias_ = dense.bias;
    if (dropout_ != nullptr && site.training) {
      scale_ = static_cast<float>(1.0 / (1.0 - std::get<Dropout>(dropout_->operation).rate));
    }
    output.data = memory(canonical_desc({shape_.batch, shape_.outputs}), site.runtime.engine);
  }

  void forward() override {
    float* packed = packed_inputs_.as<float>().data();
    const float* inputs = floats(input_.data);
    parallel_for(panels_.count(),
                 [&](std::int64_t panel) { pack_panel(shape_, inputs, panel, packed); });
    DenseForward pass;
    pass.packed_inputs = packed;
    pass.kernel = site_.parameters.weight(site_.parameter("kernel"));
    pass.bias = has_bias_ ? site_.parameters.weight(site_.parameter("bias")) : nullptr;
    pass.relu = relu_;
    pass.mask = mask();
    pass.scale = scale_;
    pass.outputs = floats(output_.data);
    parallel_for(forward_parts(shape_),
                 [&](std::int64_t part) { dense_forward_part(shape_, pass, part); });
  }

  void prepare_backward() override {
    output_gradient_ = OutputGradient(site_.runtime, output_);
    const auto rows = static_cast<std::size_t>(entry_blocks(shape_) * shape_.batch);
    by_image_.resize(rows * kEntryOutputs);
    image_counts_.resize(rows);
    by_output_.resize(static_cast<std::size_t>(shape_.outputs * (shape_.batch + 1)));
    if (input_.wants_gradient) {
      found_ = memory(input_.desc(), site_.runtime.engine);
      input_gradient_ = InputGradient(site_.runtime, input_, found_);
    }
  }

  void backward() override {
    output_gradient_.run(site_.runtime);
    DenseGradient gradient;
    gradient.output_gradient = floats(output_gradient_.memory());
    gradient.outputs = relu_ ? floats(output_.data) : nullptr;
    gradient.mask = relu_ ? nullptr : mask();
    gradient.scale = scale_;
    gradient.bias_gradient =
        has_bias_ ? site_.parameters.gradient(site_.parameter("bias")) : nullptr;
    const DenseEntries entries{by_image_.data(), image_counts_.data(), by_output_.data()};
    parallel_for(entry_blocks(shape_),
                 [&](std::int64_t block) { find_entries(shape_, gradient, block, entries); });
    const std::string kernel = site_.parameter("kernel");
    DenseBackward pass;
    pass.packed_inputs = packed_inputs_.as<float>().data();
    pass.entries = entries;
    pass.update = site_.step.update;
    pass.kernel = site_.parameters.weight(kernel);
    pass.slots = site_.step.optimizer->slots(site_.parameters.offset(kernel));
    pass.input_gradient = input_.wants_gradient ? floats(found_) : nullptr;
    parallel_for(panels_.count(),
                 [&](std::int64_t panel) { dense_backward_panel(shape_, pass, panel); });
    input_gradient_.run(site_.runtime);
  }

 private:
  [[nodiscard]] const std::uint8_t* mask() const {
    return dropout_ != nullptr && site_.training ? site_.mask(*dropout_) : nullptr;
  }

  Site site_;
  const Layer* dropout_;  // null for none
  Value& input_;
  Value& output_;
  DenseShape shape_;
  Panels panels_;
  bool relu_ = false;
  bool has_bias_ = false;
  float scale_ = 1;
  Tensor packed_inputs_;
  OutputGradient output_gradient_;
  std::vector<Entry> by_image_;
  std::vector<std::int32_t> image_counts_;
  std::vector<Entry> by_output_;
  memory found_;
  InputGradient input_gradient_;
};

}  // namespace

OperationPointer make_panel_dense(const Site& site,
                                  const DenseLayers& layers,
                                  Value& input,
                                  Value& output) {
  return std::make_unique<PanelDenseOperation>(site, layers, input, output);
}

}  // namespace plumbline::fast
