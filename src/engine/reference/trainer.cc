#include "engine/reference/trainer.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "engine/batch_check.h"
#include "engine/slot_names.h"

namespace plumbline::reference {
namespace {

template <typename T>
Tensor tensor_of(const Array<double>& values) {
  Tensor tensor(DTypeOf<T>::value, values.shape());
  std::transform(
      values.values().begin(), values.values().end(), tensor.as<T>().begin(), [](double x) {
        return static_cast<T>(x);
      });
  return tensor;
}

template <typename T>
TensorMap tensors_of(const Arrays<double>& arrays) {
  TensorMap tensors;
  for (const auto& [name, values] : arrays) {
    tensors.emplace(name, tensor_of<T>(values));
  }
  return tensors;
}

template <typename T>
Tensor scalar(T value) {
  Tensor tensor(DTypeOf<T>::value, {});
  tensor.as<T>().front() = value;
  return tensor;
}

void add(TensorMap& tensors, const std::string& prefix, TensorMap added) {
  for (auto& [name, tensor] : added) {
    tensors.emplace(prefix + name, std::move(tensor));
  }
}

}  // namespace

ReferenceTrainer::ReferenceTrainer(Settings settings)
    : slot_names_(slot_names(settings.optimizer)), model_(std::move(settings), Double{}) {}

void ReferenceTrainer::set_state(const TensorMap& state) {
  parameters_ = model_.parameters_from(state);
  optimizer_ = {};
  has_state_ = true;
}

TensorMap ReferenceTrainer::state() const {
  return tensors_of<float>(parameters_);
}

TensorMap ReferenceTrainer::state_f64() const {
  return tensors_of<double>(parameters_);
}

double ReferenceTrainer::step(const Batch& batch) {
  return take_step(batch).loss;
}

Step<double> ReferenceTrainer::take_step(const Batch& batch) {
  require_state();
  check_batch(model_.network(), batch);
  Step<double> step = model_.step(
      parameters_, optimizer_, {model_.array_from(batch.inputs), batch.labels, batch.masks});
  parameters_ = std::move(step.after);
  return step;
}

TensorMap ReferenceTrainer::slots() const {
  TensorMap tensors;
  for (const auto& [parameter, slots] : optimizer_.slots) {
    const std::array<const Array<double>*, 2> kept{&slots.first, &slots.second};
    for (std::size_t i = 0; i < slot_names_.size(); ++i) {
      tensors.emplace(parameter + "/" + slot_names_[i], tensor_of<double>(*kept[i]));
    }
  }
  return tensors;
}

TensorMap ReferenceTrainer::observed_step(const Batch& batch) {
  TensorMap tensors;
  add(tensors, "before/", state_f64());
  add(tensors, "slot_before/", slots());
  Step<double> step = take_step(batch);
  step.output_gradients.erase("input");  // nothing is trained by it, so no framework computes it
  add(tensors, "out/", tensors_of<double>(step.outputs));
  add(tensors, "grad_out/", tensors_of<double>(step.output_gradients));
  add(tensors, "grad/", tensors_of<double>(step.gradients));
  add(tensors, "slot/", slots());
  add(tensors, "after/", state_f64());
  tensors.emplace("loss", scalar(step.loss));
  tensors.emplace("step", scalar(optimizer_.steps));
  return tensors;
}

TensorMap ReferenceTrainer::observed_predict(const Tensor& inputs) {
  TensorMap tensors;
  add(tensors, "before/", state_f64());
  const Arrays<double> outputs = model_.predict(parameters_, model_.array_from(inputs));
  add(tensors, "out/", tensors_of<double>(outputs));
  return tensors;
}

Tensor ReferenceTrainer::predict(const Tensor& inputs) {
  require_state();
  check_inputs(model_.network(), inputs);
  const Arrays<double> outputs = model_.predict(parameters_, model_.array_from(inputs));
  return tensor_of<float>(outputs.at(model_.output_name()));
}

void ReferenceTrainer::require_state() const {
  if (!has_state_) {
    throw Error("The reference trainer was given no state yet. Call set_state first.");
  }
}

std::unique_ptr<ReferenceTrainer> make_trainer(Settings settings) {
  return std::make_unique<ReferenceTrainer>(std::move(settings));
}

}  // namespace plumbline::reference
