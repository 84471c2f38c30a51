#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "process/child.h"
#include "runner/plan.h"

namespace plumbline {

// How a stack's worker is started: its command, and an environment made anew that holds only what
// docs/protocol.md lists. `trial_folder` is the trial's scratch; `run_folder` is removed by the
// guard should this program die.
[[nodiscard]] ChildOptions worker_options(const PreparedStack& stack,
                                          int threads,
                                          std::optional<std::int64_t> memory_limit_bytes,
                                          const std::filesystem::path& trial_folder,
                                          const std::filesystem::path& run_folder);

}  // namespace plumbline
