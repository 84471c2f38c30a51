#pragma once

#include <memory>

#include "engine/fast/operation.h"
#include "engine/fast/parallel.h"

namespace plumbline::fast {

// A function of each element alone, as a loop over the stored elements of any layout. `Function`
// has `value(x)`, zero at zero, and `derivative(x)`.
template <typename Function>
class PointwiseOperation : public Operation {
 public:
  PointwiseOperation(const Site& site, Function function, Value& input, Value& output)
      : site_(site), function_(function), input_(input), output_(output) {
    output.data = dnnl::memory(input.desc(), site.runtime.engine);
  }

  void forward() override {
    const float* from = floats(input_.data);
    float* to = floats(output_.data);
    parallel_for(stored_floats(input_.data),
                 [=, this](std::int64_t i) { to[i] = function_.value(from[i]); });
  }

  void prepare_backward() override {
    output_gradient_ = OutputGradient(site_.runtime, output_);
    found_ = dnnl::memory(input_.desc(), site_.runtime.engine);
    input_gradient_ = InputGradient(site_.runtime, input_, found_);
  }

  void backward() override {
    output_gradient_.run(site_.runtime);
    const float* from = floats(input_.data);
    const float* gradient = floats(output_gradient_.memory());
    float* to = floats(found_);
    parallel_for(stored_floats(input_.data), [=, this](std::int64_t i) {
      to[i] = gradient[i] * function_.derivative(from[i]);
    });
    input_gradient_.run(site_.runtime);
  }

 private:
  Site site_;
  Function function_;
  Value& input_;
  Value& output_;
  OutputGradient output_gradient_;
  dnnl::memory found_;
  InputGradient input_gradient_;
};

template <typename Function>
OperationPointer make_pointwise(const Site& site, Function function, Value& input, Value& output) {
  return std::make_unique<PointwiseOperation<Function>>(site, function, input, output);
}

}  // namespace plumbline::fast
