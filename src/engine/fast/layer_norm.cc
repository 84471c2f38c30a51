#include "engine/fast/operation.h"
#include "engine/fast/parts.h"

namespace plumbline::fast {
namespace {

using dnnl::memory;

dnnl::normalization_flags scale_and_shift() {
  return dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift;
}

// Normalises each place over its channels: rows of the canonical layout, in parts of so many rows.
class LayerNormOperation : public Operation {
 public:
  LayerNormOperation(const Site& site, const LayerNorm& norm, Value& input, Value& output)
      : site_(site),
        input_(input),
        output_(output),
        channels_(input.dims()[1]),
        epsilon_(static_cast<float>(norm.epsilon.value())),
        parts_(element_count(input.dims()) / channels_, kMostParts),
        relayout_(site.runtime, input.data, canonical_desc(input.dims())) {
    output.data = memory(canonical_desc(input.dims()), site.runtime.engine);
    for (std::int64_t part = 0; part < parts_.count(); ++part) {
      add_forward(part);
    }
  }

  void forward() override {
    relayout_.run(site_.runtime);
    forward_call_.run();
  }

  void prepare_backward() override {
    gradient_ = OutputGradient(site_.runtime, output_);
    found_ = memory(output_.desc(), site_.runtime.engine);
    for (std::int64_t part = 0; part < parts_.count(); ++part) {
      add_backward(part);
    }
    if (input_.wants_gradient) {
      input_gradient_ = InputGradient(site_.runtime, input_, found_);
    }
  }

  void backward() override {
    gradient_.run(site_.runtime);
    backward_call_.run();
    add_up(gamma_parts_, site_.parameters.gradient(site_.parameter("gamma")));
    add_up(beta_parts_, site_.parameters.gradient(site_.parameter("beta")));
    input_gradient_.run(site_.runtime);
  }

 private:
  static constexpr std::int64_t kMostParts = 16;

  [[nodiscard]] memory::desc rows_desc(std::int64_t part) const {
    return canonical_desc({parts_.size(part), channels_});
  }
  // The rows of one part of a memory in the canonical layout.
  [[nodiscard]] memory rows_of(const memory& whole, std::int64_t part) const {
    return {rows_desc(part), whole.get_engine(), floats(whole) + parts_.begin(part) * channels_};
  }
  [[nodiscard]] memory weight(const char* role) const {
    return vector_memory(site_.runtime, site_.parameters.weight(site_.parameter(role)), channels_);
  }
  [[nodiscard]] dnnl::layer_normalization_forward::primitive_desc forward_desc(
      std::int64_t part) const {
    const ForOneThread one;
    return {{dnnl::prop_kind::forward_training, rows_desc(part), epsilon_, scale_and_shift()},
            with_own_scratchpad(),
            site_.runtime.engine};
  }

  void add_forward(std::int64_t part) {
    const auto desc = forward_desc(part);
    means_.emplace_back(desc.mean_desc(), site_.runtime.engine);
    variances_.emplace_back(desc.variance_desc(), site_.runtime.engine);
    forward_call_.add(site_.runtime,
                      {one_thread<dnnl::layer_normalization_forward>(desc),
                       {{DNNL_ARG_SRC, rows_of(relayout_.target(), part)},
                        {DNNL_ARG_MEAN, means_.back()},
                        {DNNL_ARG_VARIANCE, variances_.back()},
                        {DNNL_ARG_SCALE, weight("gamma")},
                        {DNNL_ARG_SHIFT, weight("beta")},
                        {DNNL_ARG_DST, rows_of(output_.data, part)}}},
                      desc.scratchpad_desc());
  }

  [[nodiscard]] dnnl::layer_normalization_backward::primitive_desc backward_desc(
      std::int64_t part) const {
    const auto hint = forward_desc(part);
    const memory::desc rows = rows_desc(part);
    const ForOneThread one;
    return {{dnnl::prop_kind::backward, rows, rows, epsilon_, scale_and_shift()},
            with_own_scratchpad(),
            site_.runtime.engine,
            hint};
  }

  void add_backward(std::int64_t part) {
    const auto desc = backward_desc(part);
    const auto i = static_cast<std::size_t>(part);
    gamma_parts_.emplace_back(weight("gamma").get_desc(), site_.runtime.engine);
    beta_parts_.emplace_back(weight("beta").get_desc(), site_.runtime.engine);
    backward_call_.add(site_.runtime,
                       {one_thread<dnnl::layer_normalization_backward>(desc),
                        {{DNNL_ARG_SRC, rows_of(relayout_.target(), part)},
                         {DNNL_ARG_MEAN, means_[i]},
                         {DNNL_ARG_VARIANCE, variances_[i]},
                         {DNNL_ARG_DIFF_DST, rows_of(gradient_.memory(), part)},
                         {DNNL_ARG_SCALE, weight("gamma")},
                         // oneDNN 2.6 counts the shift among the inputs, though nothing reads it.
                         {DNNL_ARG_SHIFT, weight("beta")},
                         {DNNL_ARG_DIFF_SRC, rows_of(found_, part)},
                         {DNNL_ARG_DIFF_SCALE, gamma_parts_.back()},
                         {DNNL_ARG_DIFF_SHIFT, beta_parts_.back()}}},
                       desc.scratchpad_desc());
  }

  Site site_;
  Value& input_;
  Value& output_;
  std::int64_t channels_;
  float epsilon_;
  BatchParts parts_;
  Relayout relayout_;
  std::vector<memory> means_;
  std::vector<memory> variances_;
  PartedCall forward_call_;
  OutputGradient gradient_;
  memory found_;
  std::vector<memory> gamma_parts_;
  std::vector<memory> beta_parts_;
  PartedCall backward_call_;
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
