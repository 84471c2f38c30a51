#pragma once

#include <filesystem>
#include <optional>

#include "parity/training_check.h"

namespace plumbline::parity {

// What a framework did in one test, as a JSON file tells it, with paths relative to the file.
//   network, recipe    as in the worker protocol
//   running_variance   "biased" (default) or "unbiased": the framework's batch_norm
//   adam_epsilon       "algorithm_1" (default) or "epsilon_hat"
//   state              path: all parameters before
//   training           may be absent; { batches: [path, ...], losses: [number or null, ...],
//                      after: path }
//   evaluation         may be absent; { images: path, outputs: path }
// A batch has `labels` (I64), `mask/<layer>` (U8), and `images` (U8 or F32, to be scaled as the
// recipe says) or `inputs` (F32, as they are); the file of `evaluation.images` has one of the
// latter two, and that of `evaluation.outputs` has `outputs` (F32).
struct CaseFile {
  std::optional<TrainingCase> training;
  TrainingFound training_found;
  std::optional<EvaluationCase> evaluation;
  Tensor outputs;
};

// Throws EnvironmentError or Error that names the file and the member at fault.
[[nodiscard]] CaseFile read_case(const std::filesystem::path& path);

}  // namespace plumbline::parity
