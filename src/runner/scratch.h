#pragma once

#include <cstdint>
#include <filesystem>

#include "base/files.h"

namespace plumbline {

// A folder for a run's tensors: in shared memory where that holds `bytes_needed` and may run
// programs, else in TMPDIR. Also removes what killed runs of this user left there.
[[nodiscard]] TemporaryFolder make_scratch_folder(std::int64_t bytes_needed);

}  // namespace plumbline
