#pragma once

#include <filesystem>
#include <optional>
#include <span>

#include "runner/plan.h"
#include "runner/progress.h"

namespace plumbline {

// Everything one trial needs.
struct TrialInputs {
  const PreparedStack& stack;
  const Network& network;
  const Dataset& data;
  std::string study;
  std::uint64_t seed = 0;
  std::string key;
  Mode mode = Mode::AsShipped;
  int threads = 1;
  double timeout_seconds = 3600;
  std::optional<std::int64_t> memory_limit_bytes;
  std::filesystem::path run_folder;
};

// Runs one trial in a worker of its own and measures it from outside. The worker gets files of its
// own with the data, so that no worker can spoil them for another. Whatever the worker does
// becomes the record's outcome and reason; an interrupt by the user gives Outcome::Interrupted.
// Throws only when Plumbline itself fails.
[[nodiscard]] TrialRecord run_trial(const TrialInputs& inputs, ProgressListener& listener);

}  // namespace plumbline
