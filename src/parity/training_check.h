#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/defaults.h"
#include "parity/judgement.h"
#include "tensor/tensor.h"

namespace plumbline::parity {

// Stored pixels with their scaling, or without one the network's inputs as they are (F32).
struct Images {
  Tensor tensor;  // (batch, ...)
  std::optional<InputScaling> scaling;
};

struct TrainingBatch {
  Images images;
  std::vector<std::int64_t> labels;
  TensorMap masks;  // by dropout layer, U8
};

// Some training steps from a given state of fresh optimizer, and what a framework made of them.
// From the second step on the budgets of the weights before it count too.
struct TrainingCase {
  Settings settings;
  TensorMap state;  // before the first step
  std::vector<TrainingBatch> batches;
};
struct TrainingFound {
  std::vector<std::optional<double>> losses;  // one a step, as far as the framework told
  TensorMap after;                            // after the last step
};

// The outputs of the last layer in inference mode, from a given state.
struct EvaluationCase {
  Settings settings;
  TensorMap state;
  Images images;
};

// One judgement a loss ("loss/<step>") and a parameter. Throw Error that names what is missing or
// misshapen.
[[nodiscard]] std::vector<Judgement> judge_training(const TrainingCase& training,
                                                    const TrainingFound& found);
[[nodiscard]] Judgement judge_evaluation(const EvaluationCase& evaluation, const Tensor& outputs);

}  // namespace plumbline::parity
