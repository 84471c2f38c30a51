#pragma once

#include <optional>
#include <string>
#include <vector>

namespace plumbline {

struct ModuleOutput {
  std::optional<int> exit_status;  // absent: it was killed
  std::string standard_output;
  std::string standard_error;
};

// Runs one of Plumbline's own Python modules, of export/ or survey/, under the system's Python.
// Throws EnvironmentError where there is none.
[[nodiscard]] ModuleOutput run_python_module(const std::string& module,
                                             const std::vector<std::string>& arguments);

}  // namespace plumbline
