#include "survey/python_module.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/error.h"
#include "base/files.h"
#include "process/child.h"
#include "stack/python.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

constexpr double kModuleSeconds = 300;
constexpr std::size_t kMaxOutputBytes = std::size_t{16} << 20;
constexpr const char* kOldestPython = ">=3.7";

}  // namespace

ModuleOutput run_python_module(const std::string& module,
                               const std::vector<std::string>& arguments) {
  const std::optional<Python> python = find_python(kOldestPython);
  if (!python) {
    throw EnvironmentError(
        fmt::format("This needs a Python {}, and none was found in PATH.", kOldestPython));
  }
  const TemporaryFolder folder(fs::temp_directory_path(), "plumbline-python-");
  const char* const path = std::getenv("PATH");
  const fs::path home = installation_folder();
  ChildOptions options;
  options.command = {python->path.string(), "-m", module};
  options.command.insert(options.command.end(), arguments.begin(), arguments.end());
  options.environment = {
      {"PATH", path != nullptr ? path : "/usr/bin:/bin"},
      {"LANG", "C.UTF-8"},
      {"PYTHONPATH", (home / "export").string() + ":" + (home / "survey").string()},
      {"PYTHONDONTWRITEBYTECODE", "1"}};
  options.working_folder = folder.path();
  options.standard_output = folder.path() / "output";
  options.standard_error = folder.path() / "errors";
  options.max_log_bytes = kMaxOutputBytes;
  options.scratch_folder = folder.path();
  options.with_channel = false;
  const ExitReport report = run_to_end(options, kModuleSeconds);
  return {
      report.exit_status, read_file(options.standard_output), read_file(options.standard_error)};
}

}  // namespace plumbline
