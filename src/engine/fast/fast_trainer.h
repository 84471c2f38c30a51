#pragma once

#include <cstdint>
#include <memory>

#include "engine/defaults.h"
#include "engine/fast/grouping.h"
#include "engine/trainer.h"

namespace plumbline {

// What a trainer's choices are beside its settings. They change no meaning.
struct FastOptions {
  fast::Kernels kernels = fast::Kernels::Fastest;
  // Every operation by itself, by oneDNN's kernels, and with the gradient of its output, so that
  // the trainer can be observed. It then trains and predicts in no other way.
  bool observed = false;
};

// The float32 engine, on oneDNN and on kernels of its own. Everything is made ready once for each
// size of batch; for training at `batch` at once, so that what cannot be done is said here: throws
// Error that names the layer and its shapes, or the dialect that it does not know. Uses as many
// threads as OpenMP gives the caller. On one machine the same calls give the same bits, with any
// number of threads.
[[nodiscard]] std::unique_ptr<Trainer> make_fast_trainer(const Settings& settings,
                                                         std::int64_t batch,
                                                         const FastOptions& options = {});

}  // namespace plumbline
