#include <cmath>

#include "engine/fast/eltwise.h"
#include "engine/fast/operation.h"
#include "engine/fast/pointwise.h"

namespace plumbline::fast {
namespace {

// relu, leaky_relu, tanh and sigmoid, as a layer of their own, by oneDNN.
class EltwiseOperation : public Operation {
 public:
  EltwiseOperation(const Site& site, const Activation& activation, Value& input, Value& output)
      : site_(site), activation_(activation), input_(input), output_(output) {
    output.data = dnnl::memory(input.desc(), site.runtime.engine);
    call_ = activation_call(site.runtime, activation, input.data, output.data);
  }

  void forward() override { call_.run(site_.runtime); }

  void prepare_backward() override {
    output_gradient_ = OutputGradient(site_.runtime, output_);
    activation_gradient_ = FusedActivationGradient(
        site_.runtime, &activation_, output_.data, output_gradient_.memory());
    input_gradient_ = InputGradient(site_.runtime, input_, activation_gradient_.memory());
  }

  void backward() override {
    output_gradient_.run(site_.runtime);
    activation_gradient_.run(site_.runtime);
    input_gradient_.run(site_.runtime);
  }

 private:
  Site site_;
  Activation activation_;
  Value& input_;
  Value& output_;
  Call call_;
  OutputGradient output_gradient_;
  FusedActivationGradient activation_gradient_;
  InputGradient input_gradient_;
};

// The functions below have f(0) = 0, so that what a layout pads stays zero. Each gives the value
// and the derivative at x.

// x * Phi(x), with the normal distribution by erfc, which keeps its digits far below zero.
struct ErfGelu {
  [[nodiscard]] float value(float x) const { return x * distribution(x); }
  [[nodiscard]] float derivative(float x) const {
    constexpr float kDensityAtZero = 0.3989422804F;  // 1 / sqrt(2 pi)
    return distribution(x) + x * kDensityAtZero * std::exp(-0.5F * x * x);
  }
  [[nodiscard]] static float distribution(float x) {
    constexpr float kRootOfHalf = 0.7071067812F;
    return 0.5F * std::erfc(-x * kRootOfHalf);
  }
};

// x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))); Hendrycks & Gimpel 2016.
struct TanhGelu {
  static constexpr float kScale = 0.7978845608F;  // sqrt(2 / pi)
  static constexpr float kCubic = 0.044715F;
  [[nodiscard]] float value(float x) const { return 0.5F * x * (1.0F + tanh_part(x)); }
  [[nodiscard]] float derivative(float x) const {
    const float tanh = tanh_part(x);
    const float inner = kScale * (1.0F + 3.0F * kCubic * x * x);
    return 0.5F * (1.0F + tanh) + 0.5F * x * (1.0F - tanh * tanh) * inner;
  }
  [[nodiscard]] static float tanh_part(float x) {
    return std::tanh(kScale * (x + kCubic * x * x * x));
  }
};

// For negative slopes, where the sign of the output does not tell that of the input.
struct LeakyRelu {
  float slope;
  [[nodiscard]] float value(float x) const { return x > 0 ? x : slope * x; }
  [[nodiscard]] float derivative(float x) const { return x > 0 ? 1.0F : slope; }
};

}  // namespace

OperationPointer make_activation(const Site& site,
                                 const Activation& activation,
                                 Value& input,
                                 Value& output) {
  if (can_fuse(activation)) {
    return std::make_unique<EltwiseOperation>(site, activation, input, output);
  }
  if (activation.kind == ActivationKind::LeakyRelu) {
    return make_pointwise(
        site, LeakyRelu{static_cast<float>(activation.slope.value_or(0))}, input, output);
  }
  if (activation.approximate.value_or(false)) {
    return make_pointwise(site, TanhGelu{}, input, output);
  }
  return make_pointwise(site, ErfGelu{}, input, output);
}

}  // namespace plumbline::fast
