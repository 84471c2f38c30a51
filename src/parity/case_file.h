#pragma once

#include <filesystem>
#include <optional>

#include "parity/training_check.h"

namespace plumbline::parity {

// What a framework did in one test, as a JSON file tells it, with paths relative to the file.
//   network, recipe    as in the worker protocol
//   dialect            may be absent; { "batch_norm.running_variance": "unbiased", ... }: what the
//                      framework means, in the words of engine/dialect_words.cc
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
