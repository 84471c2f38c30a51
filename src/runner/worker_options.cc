#include "runner/worker_options.h"

#include "stack/surroundings.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxLogBytes = std::size_t{256} << 10;

}  // namespace

ChildOptions worker_options(const PreparedStack& stack,
                            int threads,
                            std::optional<std::int64_t> memory_limit_bytes,
                            const fs::path& trial_folder,
                            const fs::path& run_folder) {
  ChildOptions options;
  options.command = expand(stack.manifest.command, stack.manifest, stack.environment);
  options.environment =
      stack_surroundings(stack.manifest, stack.environment, threads, trial_folder);
  options.working_folder = trial_folder / "home";
  options.standard_output = trial_folder / "standard_output";
  options.standard_error = trial_folder / "standard_error";
  options.max_log_bytes = kMaxLogBytes;
  options.memory_limit_bytes = memory_limit_bytes;
  options.scratch_folder = run_folder;
  return options;
}

}  // namespace plumbline
