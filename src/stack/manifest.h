#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "study/study.h"

namespace plumbline {

// What a stack's folder says of itself in `stack.toml` (docs/adding_a_stack.md). A plain value.
//
// In `command`, `build` and the values of `environment` these stand for paths: {folder} the stack's
// folder, {python} the environment's interpreter, {site_packages} its packages, {build} the folder
// that `build` fills, {cache} a folder of the stack's own that outlives trials, {bin} the folder of
// Plumbline's programs, {source} Plumbline's own folder.
struct StackManifest {
  std::string name;
  std::filesystem::path folder;
  std::string framework;
  std::string description;
  std::vector<std::string> command;
  std::vector<Device> devices = {Device::Cpu};
  std::optional<std::filesystem::path>
      requirements;  // pip's requirements file; absent: no Python environment
  std::string python =
      ">=3.6";          // versions of Python that can run it, as in pip: ">=3.10", "==3.11.*"
  std::string package;  // the requirement whose version is the stack's version
  std::vector<std::string>
      setup;  // packages installed first, for those that must build without isolation
  std::vector<std::string> build;  // a command run once after the environment is made
  std::vector<std::filesystem::path>
      shared;  // further folders that the adapter uses; put on PYTHONPATH
  std::map<std::string, std::string> environment;
  std::vector<std::string> system_packages;  // Debian's names
  std::vector<std::string>
      script;  // the same training as a plain program, for `bench/run overhead`
};

// Throws UsageError that names the file, the key and what was expected.
[[nodiscard]] StackManifest read_manifest(const std::filesystem::path& folder);

// The stacks in `<installation>/stacks`, by name.
[[nodiscard]] std::vector<StackManifest> shipped_stacks();

// The manifest of one stack by name, or of a folder of the user's own. Throws UsageError with the
// nearest name.
[[nodiscard]] StackManifest find_stack(const std::string& name,
                                       const std::optional<std::filesystem::path>& folder = {});

// The version of `package` that the requirements pin; empty if there is none.
[[nodiscard]] std::string pinned_version(const StackManifest& manifest);

// SHA-256 over the names and contents of all files of the stack's folder and its shared folders:
// the adapter's identity.
[[nodiscard]] std::string sources_digest(const StackManifest& manifest);

}  // namespace plumbline
