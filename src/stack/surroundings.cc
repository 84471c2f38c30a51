#include "stack/surroundings.h"

#include <cstdlib>

namespace plumbline {

namespace {

// Every library that sizes a thread pool from the environment reads one of these.
constexpr const char* kThreadVariables[] = {"PLUMBLINE_THREADS",
                                            "OMP_NUM_THREADS",
                                            "OPENBLAS_NUM_THREADS",
                                            "MKL_NUM_THREADS",
                                            "NUMEXPR_NUM_THREADS",
                                            "VECLIB_MAXIMUM_THREADS",
                                            "TF_NUM_INTRAOP_THREADS"};

}  // namespace

std::map<std::string, std::string> stack_surroundings(const StackManifest& manifest,
                                                      const Environment& environment,
                                                      int threads,
                                                      const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder / "home");
  std::filesystem::create_directories(folder / "tmp");
  std::filesystem::create_directories(environment.cache_folder);
  const char* const path = std::getenv("PATH");
  std::map<std::string, std::string> variables = {
      {"PATH", path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin"},
      {"LANG", "C.UTF-8"},
      {"TZ", "UTC"},
      {"HOME", (folder / "home").string()},
      {"TMPDIR", (folder / "tmp").string()},
      {"PLUMBLINE_CACHE", environment.cache_folder.string()},
      {"PYTHONNOUSERSITE", "1"},
      {"PYTHONPYCACHEPREFIX", (environment.cache_folder / "pycache").string()},
  };
  for (const char* const name : kThreadVariables) {
    variables[name] = std::to_string(threads);
  }
  for (const auto& [name, value] : stack_variables(manifest, environment)) {
    variables[name] = value;
  }
  return variables;
}

}  // namespace plumbline
