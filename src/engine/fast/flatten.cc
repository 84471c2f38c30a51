#include "engine/fast/operation.h"

namespace plumbline::fast {
namespace {

// Brings the input into the canonical layout and reads it as one row an image.
class FlattenOperation : public Operation {
 public:
  FlattenOperation(const Site& site, Value& input, Value& output)
      : site_(site),
        input_(input),
        output_(output),
        relayout_(site.runtime, input.data, canonical_desc(input.dims())) {
    output.data = view(relayout_.target(),
                       canonical_desc(activation_dims(site.batch, site.layer.output_shape)));
  }

  void forward() override { relayout_.run(site_.runtime); }

  void prepare_backward() override {
    gradient_ = OutputGradient(site_.runtime, output_);
    input_gradient_ = InputGradient(
        site_.runtime, input_, view(gradient_.memory(), canonical_desc(input_.dims())));
  }

  void backward() override {
    gradient_.run(site_.runtime);
    input_gradient_.run(site_.runtime);
  }

 private:
  Site site_;
  Value& input_;
  Value& output_;
  Relayout relayout_;
  OutputGradient gradient_;
  InputGradient input_gradient_;
};

}  // namespace

OperationPointer make_flatten(const Site& site, Value& input, Value& output) {
  return std::make_unique<FlattenOperation>(site, input, output);
}

}  // namespace plumbline::fast
