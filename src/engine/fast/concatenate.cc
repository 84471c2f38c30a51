#include "engine/fast/operation.h"

namespace plumbline::fast {
namespace {

using dnnl::memory;

// Joins its inputs along the channels: each is a slice of the output, which has the canonical
// layout.
class ConcatenateOperation : public Operation {
 public:
  ConcatenateOperation(const Site& site, const Inputs& inputs, Value& output)
      : site_(site), inputs_(inputs), output_(output) {
    output.data = memory(canonical_desc(activation_dims(site.batch, site.layer.output_shape)),
                         site.runtime.engine);
    std::int64_t channel = 0;
    for (const Value* input : inputs) {
      copies_.emplace_back(input->data, slice(output.data, input->dims(), channel));
      channel += input->dims()[1];
    }
  }

  void forward() override {
    for (const Relayout& copy : copies_) {
      copy.run(site_.runtime);
    }
  }

  void prepare_backward() override {
    gradient_ = OutputGradient(site_.runtime, output_);
    std::int64_t channel = 0;
    for (Value* input : inputs_) {
      if (input->wants_gradient) {
        input_gradients_.emplace_back(
            site_.runtime, *input, slice(gradient_.memory(), input->dims(), channel));
      }
      channel += input->dims()[1];
    }
  }

  void backward() override {
    gradient_.run(site_.runtime);
    for (const InputGradient& input_gradient : input_gradients_) {
      input_gradient.run(site_.runtime);
    }
  }

 private:
  [[nodiscard]] static memory slice(const memory& whole,
                                    const memory::dims& dims,
                                    std::int64_t channel) {
    memory::dims offsets(dims.size(), 0);
    offsets[1] = channel;
    return view(whole, whole.get_desc().submemory_desc(dims, offsets));
  }

  Site site_;
  Inputs inputs_;
  Value& output_;
  std::vector<Relayout> copies_;
  OutputGradient gradient_;
  std::vector<InputGradient> input_gradients_;
};

}  // namespace

OperationPointer make_concatenate(const Site& site, const Inputs& inputs, Value& output) {
  return std::make_unique<ConcatenateOperation>(site, inputs, output);
}

}  // namespace plumbline::fast
