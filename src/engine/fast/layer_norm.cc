#include "engine/fast/operation.h"

namespace plumbline::fast {
namespace {

using dnnl::memory;

dnnl::normalization_flags scale_and_shift() {
  return dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift;
}

// Normalises each place over its channels: rows of the canonical layout.
class LayerNormOperation : public Operation {
 public:
  LayerNormOperation(const Site& site, const LayerNorm& norm, Value& input, Value& output)
      : site_(site),
        input_(input),
        output_(output),
        channels_(input.dims()[1]),
        epsilon_(static_cast<float>(norm.epsilon.value())),
        relayout_(site.runtime, input.data, canonical_desc(input.dims())) {
    const Runtime& runtime = site.runtime;
    rows_desc_ = canonical_desc({element_count(input.dims()) / channels_, channels_});
    forward_desc_ = dnnl::layer_normalization_forward::primitive_desc(
        {dnnl::prop_kind::forward_training, rows_desc_, epsilon_, scale_and_shift()},
        runtime.engine);
    mean_ = memory(forward_desc_.mean_desc(), runtime.engine);
    variance_ = memory(forward_desc_.variance_desc(), runtime.engine);
    output.data = memory(canonical_desc(input.dims()), runtime.engine);
    forward_call_ = {dnnl::layer_normalization_forward(forward_desc_),
                     {{DNNL_ARG_SRC, view(relayout_.target(), rows_desc_)},
                      {DNNL_ARG_MEAN, mean_},
                      {DNNL_ARG_VARIANCE, variance_},
                      {DNNL_ARG_SCALE, vector(site.parameters.weight(site.parameter("gamma")))},
                      {DNNL_ARG_SHIFT, vector(site.parameters.weight(site.parameter("beta")))},
                      {DNNL_ARG_DST, view(output.data, rows_desc_)}}};
  }

  void forward() override {
    relayout_.run(site_.runtime);
    forward_call_.run(site_.runtime);
  }

  void prepare_backward() override {
    const Runtime& runtime = site_.runtime;
    gradient_ = OutputGradient(runtime, output_);
    const dnnl::layer_normalization_backward::primitive_desc desc(
        {dnnl::prop_kind::backward, rows_desc_, rows_desc_, epsilon_, scale_and_shift()},
        runtime.engine,
        forward_desc_);
    const memory found(output_.desc(), runtime.engine);
    ParameterStore& parameters = site_.parameters;
    backward_call_ = {
        dnnl::layer_normalization_backward(desc),
        {{DNNL_ARG_SRC, view(relayout_.target(), rows_desc_)},
         {DNNL_ARG_MEAN, mean_},
         {DNNL_ARG_VARIANCE, variance_},
         {DNNL_ARG_DIFF_DST, view(gradient_.memory(), rows_desc_)},
         {DNNL_ARG_SCALE, vector(parameters.weight(site_.parameter("gamma")))},
         // oneDNN 2.6 counts the shift among the inputs, though nothing reads it.
         {DNNL_ARG_SHIFT, vector(parameters.weight(site_.parameter("beta")))},
         {DNNL_ARG_DIFF_SRC, view(found, rows_desc_)},
         {DNNL_ARG_DIFF_SCALE, vector(parameters.gradient(site_.parameter("gamma")))},
         {DNNL_ARG_DIFF_SHIFT, vector(parameters.gradient(site_.parameter("beta")))}}};
    found_ = found;
    if (input_.wants_gradient) {
      input_gradient_ = InputGradient(runtime, input_, found);
    }
  }

  void backward() override {
    gradient_.run(site_.runtime);
    backward_call_.run(site_.runtime);
    input_gradient_.run(site_.runtime);
  }

 private:
  [[nodiscard]] memory vector(float* values) const {
    return vector_memory(site_.runtime, values, channels_);
  }

  Site site_;
  Value& input_;
  Value& output_;
  std::int64_t channels_;
  float epsilon_;
  Relayout relayout_;
  memory::desc rows_desc_;  // (places, channels)
  dnnl::layer_normalization_forward::primitive_desc forward_desc_;
  memory mean_;
  memory variance_;
  Call forward_call_;
  OutputGradient gradient_;
  memory found_;  // owns what views of it use
  Call backward_call_;
  InputGradient input_gradient_;
};

}  // namespace

OperationPointer make_layer_norm(const Site& site,
                                 const LayerNorm& norm,
                                 Value& input,
                                 Value& output) {
  return std::make_unique<LayerNormOperation>(site, norm, input, output);
}

}  // namespace plumbline::fast
