#include "engine/fast/operation.h"

namespace plumbline::fast {
namespace {

// The sum of two or more inputs, in the layout of the first.
class AddOperation : public Operation {
 public:
  AddOperation(const Site& site, const Inputs& inputs, Value& output)
      : site_(site), inputs_(inputs), output_(output) {
    const dnnl::memory::desc desc = inputs.front()->desc();
    output.data = dnnl::memory(desc, site.runtime.engine);
    const dnnl::sum::primitive_desc sum(desc,
                                        std::vector<float>(inputs.size(), 1.0F),
                                        std::vector<dnnl::memory::desc>(inputs.size(), desc),
                                        site.runtime.engine);
    call_ = {dnnl::sum(sum), {{DNNL_ARG_DST, output.data}}};
    for (const Value* input : inputs) {
      const auto position = static_cast<int>(relayouts_.size());
      relayouts_.emplace_back(site.runtime, input->data, desc);
      call_.arguments.emplace(DNNL_ARG_MULTIPLE_SRC + position, relayouts_.back().target());
    }
  }

  void forward() override {
    for (const Relayout& relayout : relayouts_) {
      relayout.run(site_.runtime);
    }
    call_.run(site_.runtime);
  }

  void prepare_backward() override {
    gradient_ = OutputGradient(site_.runtime, output_);
    for (Value* input : inputs_) {
      if (input->wants_gradient) {
        input_gradients_.emplace_back(site_.runtime, *input, gradient_.memory());
      }
    }
  }

  void backward() override {
    gradient_.run(site_.runtime);
    for (const InputGradient& input_gradient : input_gradients_) {
      input_gradient.run(site_.runtime);
    }
  }

 private:
  Site site_;
  Inputs inputs_;
  Value& output_;
  std::vector<Relayout> relayouts_;
  Call call_;
  OutputGradient gradient_;
  std::vector<InputGradient> input_gradients_;
};

}  // namespace

OperationPointer make_add(const Site& site, const Inputs& inputs, Value& output) {
  return std::make_unique<AddOperation>(site, inputs, output);
}

}  // namespace plumbline::fast
