#include "libtorch_observer.h"

#include "conversion.h"

namespace {

using plumbline::Observation;
using plumbline::Tensor;
using plumbline::TensorMap;
namespace optim = torch::optim;

constexpr const char* kMethod =
    "outputs of the modules, called one by one; gradients by retain_grad";

// The model keeps what it computes for as long as this lives.
class Seeing {
 public:
  explicit Seeing(Model& model) : model_(model) { model_->see(&seen_); }
  ~Seeing() { model_->see(nullptr); }
  Seeing(const Seeing&) = delete;
  Seeing& operator=(const Seeing&) = delete;
  [[nodiscard]] const ModelImpl::Outputs& seen() const { return seen_; }

 private:
  Model& model_;
  ModelImpl::Outputs seen_;
};

// What an optimizer holds of one parameter.
struct Slot {
  const char* word;  // the protocol's
  const char* own;   // torch::optim's
  torch::Tensor values;
};
struct Remembered {
  std::vector<Slot> slots;
  std::optional<std::int64_t> step;
};

template <typename State>
Remembered of_adam(State& state) {
  return {{{"m", "exp_avg", state.exp_avg()}, {"v", "exp_avg_sq", state.exp_avg_sq()}},
          state.step()};
}

Remembered remembered(optim::OptimizerParamState& state) {
  if (auto* adam = dynamic_cast<optim::AdamParamState*>(&state)) {
    return of_adam(*adam);
  }
  if (auto* adamw = dynamic_cast<optim::AdamWParamState*>(&state)) {
    return of_adam(*adamw);
  }
  if (auto* sgd = dynamic_cast<optim::SGDParamState*>(&state)) {
    return {{{"velocity", "momentum_buffer", sgd->momentum_buffer()}}, {}};
  }
  if (auto* rmsprop = dynamic_cast<optim::RMSpropParamState*>(&state)) {
    return {{{"v", "square_avg", rmsprop->square_avg()},
             {"velocity", "momentum_buffer", rmsprop->momentum_buffer()}},
            rmsprop->step()};
  }
  if (auto* adagrad = dynamic_cast<optim::AdagradParamState*>(&state)) {
    return {{{"accumulator", "sum", adagrad->sum()}}, adagrad->step()};
  }
  return {};
}

// Of a parameter; nothing before its first update.
Remembered remembered(optim::Optimizer& optimizer, const torch::Tensor& parameter) {
  const auto found = optimizer.state().find(parameter.unsafeGetTensorImpl());
  return found == optimizer.state().end() ? Remembered{} : remembered(*found->second);
}

torch::Tensor channels_last(const torch::Tensor& values) {
  return values.dim() == 4 ? values.permute({0, 2, 3, 1}) : values;
}

template <typename Value>
Tensor scalar(plumbline::DType dtype, Value value) {
  Tensor tensor(dtype, {});
  tensor.as<Value>().front() = value;
  return tensor;
}

void add_outputs(TensorMap& tensors, const ModelImpl::Outputs& seen) {
  for (const auto& [name, value] : seen) {
    tensors.emplace("out/" + name, tensor_of(channels_last(value)));
  }
}

// An output that nothing reads has none, which is zero.
void add_output_gradients(TensorMap& tensors, const ModelImpl::Outputs& seen) {
  for (const auto& [name, value] : seen) {
    if (name != "input") {
      const torch::Tensor& found = value.grad();
      const torch::Tensor gradient = found.defined() ? found : torch::zeros_like(value);
      tensors.emplace("grad_out/" + name, tensor_of(channels_last(gradient)));
    }
  }
}

}  // namespace

LibtorchObserver::LibtorchObserver(plumbline::Adapter& adapter,
                                   Model model,
                                   optim::Optimizer& optimizer,
                                   torch::Tensor test_inputs)
    : adapter_(adapter),
      model_(std::move(model)),
      optimizer_(optimizer),
      test_inputs_(std::move(test_inputs)) {}

Observation LibtorchObserver::step(const std::vector<std::int64_t>& indices,
                                   const TensorMap& masks) {
  Observation observation{.tensors = {}, .method = kMethod, .fused = {}, .slots = {}};
  add_slots(observation.tensors, "slot_before/");
  const Seeing seeing(model_);
  const double loss = adapter_.step(indices, masks);
  add_outputs(observation.tensors, seeing.seen());
  add_output_gradients(observation.tensors, seeing.seen());
  add_gradients(observation.tensors);
  add_slots(observation.tensors, "slot/");
  observation.tensors.emplace("loss", scalar(plumbline::DType::F32, static_cast<float>(loss)));
  for (const torch::Tensor& parameter : model_->parameters()) {
    const Remembered found = remembered(optimizer_, parameter);
    if (found.step) {
      observation.tensors.emplace("step", scalar(plumbline::DType::I64, *found.step));
    }
    for (const Slot& slot : found.slots) {
      observation.slots.emplace(slot.word, slot.own);
    }
  }
  return observation;
}

Observation LibtorchObserver::predict(std::int64_t images) {
  const torch::InferenceMode guard;
  model_->eval();
  const Seeing seeing(model_);
  model_->forward(test_inputs_.slice(0, 0, images));
  Observation observation{.tensors = {}, .method = kMethod, .fused = {}, .slots = {}};
  add_outputs(observation.tensors, seeing.seen());
  return observation;
}

// As they are when the step is done: the optimizers of torch::optim leave them as they were given.
void LibtorchObserver::add_gradients(TensorMap& tensors) {
  for (const auto& [name, parameter] : model_->canonical_parameters()) {
    if (parameter.tensor.requires_grad()) {
      const torch::Tensor& found = parameter.tensor.grad();
      const torch::Tensor gradient = found.defined() ? found : torch::zeros_like(parameter.tensor);
      tensors.emplace("grad/" + name, tensor_of(parameter.canonical(gradient)));
    }
  }
}

void LibtorchObserver::add_slots(TensorMap& tensors, const std::string& kind) {
  for (const auto& [name, parameter] : model_->canonical_parameters()) {
    for (const Slot& slot : remembered(optimizer_, parameter.tensor).slots) {
      if (slot.values.defined()) {
        tensors.emplace(kind + name + "/" + slot.word, tensor_of(parameter.canonical(slot.values)));
      }
    }
  }
}
