#include "engine/fast/operation.h"
#include "engine/fast/parallel.h"

namespace plumbline::fast {
namespace {

// Multiplies by the step's mask and by 1 / (1 - rate), in the canonical layout, which is the
// mask's. Nothing in prediction.
class DropoutOperation : public Operation {
 public:
  DropoutOperation(const Site& site, const Dropout& dropout, Value& input, Value& output)
      : site_(site),
        input_(input),
        output_(output),
        scale_(static_cast<float>(1.0 / (1.0 - dropout.rate))),
        relayout_(site.runtime, input.data, canonical_desc(input.dims())) {
    output.data = site.training ? dnnl::memory(relayout_.target().get_desc(), site.runtime.engine)
                                : relayout_.target();
  }

  void forward() override {
    relayout_.run(site_.runtime);
    if (site_.training) {
      multiply(floats(relayout_.target()), floats(output_.data));
    }
  }

  void prepare_backward() override {
    gradient_ = OutputGradient(site_.runtime, output_);
    found_ = dnnl::memory(output_.desc(), site_.runtime.engine);
    input_gradient_ = InputGradient(site_.runtime, input_, found_);
  }

  void backward() override {
    gradient_.run(site_.runtime);
    multiply(floats(gradient_.memory()), floats(found_));
    input_gradient_.run(site_.runtime);
  }

 private:
  void multiply(const float* from, float* to) const {
    const std::uint8_t* keep = site_.mask(site_.layer);
    const float scale = scale_;
    parallel_for(stored_floats(output_.data),
                 [=](std::int64_t i) { to[i] = from[i] * static_cast<float>(keep[i]) * scale; });
  }

  Site site_;
  Value& input_;
  Value& output_;
  float scale_;
  Relayout relayout_;
  OutputGradient gradient_;
  dnnl::memory found_;
  InputGradient input_gradient_;
};

}  // namespace

OperationPointer make_dropout(const Site& site,
                              const Dropout& dropout,
                              Value& input,
                              Value& output) {
  return std::make_unique<DropoutOperation>(site, dropout, input, output);
}

}  // namespace plumbline::fast
