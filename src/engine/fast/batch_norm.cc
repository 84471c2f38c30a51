#include "engine/fast/operation.h"

namespace plumbline::fast {
namespace {

using dnnl::memory;

dnnl::normalization_flags scale_and_shift() {
  return dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift;
}

// The running variance takes in (variance + offset) * factor, by what frameworks mean by it.
struct EnteringVariance {
  double factor = 1;
  double offset = 0;
};
EnteringVariance entering_variance(RunningVariance meaning, double rows, double epsilon) {
  switch (meaning) {
    case RunningVariance::Biased:
      break;
    case RunningVariance::Unbiased:
      return {.factor = rows > 1 ? rows / (rows - 1) : 1};
    case RunningVariance::BiasedPlusEpsilon:
      return {.offset = epsilon};
    case RunningVariance::Keras2:
      return {.factor = rows / (rows - 1 - epsilon)};
    case RunningVariance::Keras2Theano:
      return {.factor = rows / (rows - 1 - epsilon), .offset = epsilon};
  }
  return {};
}

// Normalises over all axes but the channels, in the layout in which the input comes. Training uses
// the batch's mean and biased variance; prediction uses the running ones.
class BatchNormOperation : public Operation {
 public:
  BatchNormOperation(
      const Site& site, const BatchNorm& norm, const Dialect& dialect, Value& input, Value& output)
      : site_(site), input_(input), output_(output) {
    const memory::dims& dims = input.dims();
    channels_ = dims[1];
    set_running(norm, dialect, static_cast<double>(element_count(dims) / channels_));
    make_forward(static_cast<float>(norm.epsilon.value()));
  }

  void forward() override {
    forward_call_.run(site_.runtime);
    if (site_.training) {
      update_running("moving_mean", mean_, take_, 0);
      update_running("moving_variance", variance_, take_variance_, add_to_variance_);
    }
  }

  void prepare_backward() override {
    const Runtime& runtime = site_.runtime;
    gradient_ = OutputGradient(runtime, output_);
    const dnnl::batch_normalization_backward::primitive_desc desc(
        {dnnl::prop_kind::backward, output_.desc(), input_.desc(), epsilon_, scale_and_shift()},
        runtime.engine,
        forward_desc_);
    const memory found(input_.desc(), runtime.engine);
    backward_call_ = {
        dnnl::batch_normalization_backward(desc),
        {{DNNL_ARG_SRC, input_.data},
         {DNNL_ARG_MEAN, mean_},
         {DNNL_ARG_VARIANCE, variance_},
         {DNNL_ARG_DIFF_DST, gradient_.memory()},
         {DNNL_ARG_SCALE, vector(site_.parameters.weight(site_.parameter("gamma")))},
         // oneDNN 2.6 counts the shift among the inputs, though nothing reads it.
         {DNNL_ARG_SHIFT, vector(site_.parameters.weight(site_.parameter("beta")))},
         {DNNL_ARG_DIFF_SRC, found},
         {DNNL_ARG_DIFF_SCALE, vector(site_.parameters.gradient(site_.parameter("gamma")))},
         {DNNL_ARG_DIFF_SHIFT, vector(site_.parameters.gradient(site_.parameter("beta")))}}};
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

  void make_forward(float epsilon) {
    const Runtime& runtime = site_.runtime;
    epsilon_ = epsilon;
    const dnnl::prop_kind kind =
        site_.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    const dnnl::normalization_flags flags =
        site_.training ? scale_and_shift()
                       : scale_and_shift() | dnnl::normalization_flags::use_global_stats;
    forward_desc_ = dnnl::batch_normalization_forward::primitive_desc(
        {kind, input_.desc(), epsilon, flags}, runtime.engine);
    ParameterStore& parameters = site_.parameters;
    if (site_.training) {
      mean_ = memory(forward_desc_.mean_desc(), runtime.engine);
      variance_ = memory(forward_desc_.variance_desc(), runtime.engine);
    } else {
      mean_ = vector(parameters.weight(site_.parameter("moving_mean")));
      variance_ = vector(parameters.weight(site_.parameter("moving_variance")));
    }
    output_.data = memory(forward_desc_.dst_desc(), runtime.engine);
    forward_call_ = {dnnl::batch_normalization_forward(forward_desc_),
                     {{DNNL_ARG_SRC, input_.data},
                      {DNNL_ARG_MEAN, mean_},
                      {DNNL_ARG_VARIANCE, variance_},
                      {DNNL_ARG_SCALE, vector(parameters.weight(site_.parameter("gamma")))},
                      {DNNL_ARG_SHIFT, vector(parameters.weight(site_.parameter("beta")))},
                      {DNNL_ARG_DST, output_.data}}};
  }

  void set_running(const BatchNorm& norm, const Dialect& dialect, double rows) {
    const double momentum = norm.momentum.value();
    const double epsilon = norm.epsilon.value();
    const bool of_new = dialect.norm_momentum == NormMomentum::OfNew;
    keep_ = static_cast<float>(of_new ? 1.0 - momentum : momentum);
    const double take = of_new ? momentum : 1.0 - momentum;
    take_ = static_cast<float>(take);
    const auto [factor, offset] = entering_variance(dialect.running_variance, rows, epsilon);
    take_variance_ = static_cast<float>(take * factor);
    add_to_variance_ = static_cast<float>(take * factor * offset);
  }

  // running = keep * running + take * batch + add
  void update_running(const char* role, const memory& batch, float take, float add) const {
    float* running = site_.parameters.weight(site_.parameter(role));
    const float* found = floats(batch);
    for (std::int64_t c = 0; c < channels_; ++c) {
      running[c] = keep_ * running[c] + take * found[c] + add;
    }
  }

  Site site_;
  Value& input_;
  Value& output_;
  std::int64_t channels_ = 0;
  float epsilon_ = 0;
  float keep_ = 0;           // of the running values
  float take_ = 0;           // of the batch's mean
  float take_variance_ = 0;  // of the batch's biased variance
  float add_to_variance_ = 0;
  dnnl::batch_normalization_forward::primitive_desc forward_desc_;
  memory mean_;
  memory variance_;
  Call forward_call_;
  OutputGradient gradient_;
  Call backward_call_;
  InputGradient input_gradient_;
};

}  // namespace

OperationPointer make_batch_norm(
    const Site& site, const BatchNorm& norm, const Dialect& dialect, Value& input, Value& output) {
  return std::make_unique<BatchNormOperation>(site, norm, dialect, input, output);
}

}  // namespace plumbline::fast
