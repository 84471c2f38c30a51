#include "runner/worker_options.h"

#include <cstdlib>
#include <string>

#include "worker/message.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxLogBytes = std::size_t{256} << 10;

// Every library that sizes a thread pool from the environment reads one of these.
constexpr const char* kThreadVariables[] = {"PLUMBLINE_THREADS",
                                            "OMP_NUM_THREADS",
                                            "OPENBLAS_NUM_THREADS",
                                            "MKL_NUM_THREADS",
                                            "NUMEXPR_NUM_THREADS",
                                            "VECLIB_MAXIMUM_THREADS",
                                            "TF_NUM_INTRAOP_THREADS"};

std::map<std::string, std::string> worker_environment(const PreparedStack& stack,
                                                      int threads,
                                                      const fs::path& trial_folder) {
  const char* const path = std::getenv("PATH");
  const fs::path& cache = stack.environment.cache_folder;
  std::map<std::string, std::string> variables = {
      {"PATH", path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin"},
      {"LANG", "C.UTF-8"},
      {"TZ", "UTC"},
      {"HOME", (trial_folder / "home").string()},
      {"TMPDIR", (trial_folder / "tmp").string()},
      {"PLUMBLINE_PROTOCOL", std::to_string(kProtocolVersion)},
      {"PLUMBLINE_CACHE", cache.string()},
      {"PYTHONNOUSERSITE", "1"},
      {"PYTHONPYCACHEPREFIX", (cache / "pycache").string()},
  };
  for (const char* const name : kThreadVariables) {
    variables[name] = std::to_string(threads);
  }
  for (const auto& [name, value] : stack_variables(stack.manifest, stack.environment)) {
    variables[name] = value;
  }
  return variables;
}

}  // namespace

ChildOptions worker_options(const PreparedStack& stack,
                            int threads,
                            std::optional<std::int64_t> memory_limit_bytes,
                            const fs::path& trial_folder,
                            const fs::path& run_folder) {
  fs::create_directories(trial_folder / "home");
  fs::create_directories(trial_folder / "tmp");
  fs::create_directories(stack.environment.cache_folder);
  ChildOptions options;
  options.command = expand(stack.manifest.command, stack.manifest, stack.environment);
  options.environment = worker_environment(stack, threads, trial_folder);
  options.working_folder = trial_folder / "home";
  options.standard_output = trial_folder / "standard_output";
  options.standard_error = trial_folder / "standard_error";
  options.max_log_bytes = kMaxLogBytes;
  options.memory_limit_bytes = memory_limit_bytes;
  options.scratch_folder = run_folder;
  return options;
}

}  // namespace plumbline
