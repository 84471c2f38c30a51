#pragma once

#include "runner/training.h"

namespace plumbline {

// Controlled mode: one request a step, with the batch's indices and the dropout masks drawn here.
// The times are those of the requests alone. Throws TrialEnded.
[[nodiscard]] Training train_controlled(const TrainingInputs& inputs, ProgressListener& listener);

}  // namespace plumbline
