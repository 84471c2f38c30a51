#pragma once

#include <cstdint>
#include <memory>

#include "engine/defaults.h"
#include "engine/trainer.h"

namespace plumbline {

// The float32 engine, on oneDNN. Primitives are made once for each size of batch; those for
// training at `batch` at once, so that what cannot be done is said here: throws Error that names
// the layer and its shapes. Uses as many threads as OpenMP gives (OMP_NUM_THREADS). The same calls
// with the same number of threads give the same bits.
[[nodiscard]] std::unique_ptr<Trainer> make_fast_trainer(const Settings& settings,
                                                         std::int64_t batch);

}  // namespace plumbline
