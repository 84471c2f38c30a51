#include "engine/reference/trainer.h"

#include <algorithm>

#include "base/error.h"
#include "engine/batch_check.h"

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

}  // namespace

ReferenceTrainer::ReferenceTrainer(Settings settings) : model_(std::move(settings), Double{}) {}

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
  require_state();
  check_batch(model_.network(), batch);
  Step<double> step = model_.step(
      parameters_, optimizer_, {model_.array_from(batch.inputs), batch.labels, batch.masks});
  parameters_ = std::move(step.after);
  return step.loss;
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
