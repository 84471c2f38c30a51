#include "runner/controlled.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "draw/draw.h"
#include "tensor/safetensors.h"

namespace plumbline {

namespace {

TensorMap step_tensors(const TrainingInputs& inputs,
                       const std::vector<std::int64_t>& indices,
                       std::int64_t step) {
  TensorMap tensors;
  const auto batch = static_cast<std::int64_t>(indices.size());
  Tensor& stored = tensors["indices"] = Tensor(DType::I64, {batch});
  std::copy(indices.begin(), indices.end(), stored.as<std::int64_t>().begin());
  for (auto& [layer, mask] : dropout_masks(inputs.network, batch, step, inputs.key)) {
    tensors.emplace("mask/" + layer, std::move(mask));
  }
  return tensors;
}

// One request; returns the loss and adds its seconds.
double take_step(const TrainingInputs& inputs, std::int64_t step, Training& training) {
  const double start = monotonic_seconds();
  const nlohmann::json result =
      inputs.session.request("step", {{"path", (inputs.folder / "step.safetensors").string()}});
  const double seconds = monotonic_seconds() - start;
  training.seconds += seconds;
  if (step == 1) {
    training.first_step_seconds = seconds;
  }
  const auto loss = result.find("loss");
  if (loss == result.end()) {
    throw TrialEnded{Outcome::ProtocolError, "The answer to 'step' has no 'loss'.", ""};
  }
  return number_from_wire(*loss, "loss");
}

}  // namespace

Training train_controlled(const TrainingInputs& inputs, ProgressListener& listener) {
  const std::int64_t steps = total_steps(inputs.recipe, inputs.images);
  const std::int64_t stride = std::max<std::int64_t>(1, (steps + 499) / 500);
  BatchOrder order(inputs.recipe, inputs.images, inputs.key);
  Training training;
  for (std::int64_t step = 1; step <= steps; ++step) {
    write_safetensors(inputs.folder / "step.safetensors",
                      step_tensors(inputs, order.next(), step - 1));
    const double loss = take_step(inputs, step, training);
    if (!std::isfinite(loss)) {
      throw TrialEnded{
          Outcome::Diverged, fmt::format("The loss is {} at step {}.", loss, step), ""};
    }
    training.steps = step;
    training.loss = loss;
    if (step == 1 || step % stride == 0 || step == steps) {
      training.curve.emplace_back(step, loss);
    }
    listener.step_done({step, steps, loss});
  }
  return training;
}

}  // namespace plumbline
