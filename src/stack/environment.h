#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "stack/manifest.h"
#include "stack/python.h"

namespace plumbline {

// Where a stack's packages and built programs live in the user's cache. Environments are keyed by
// interpreter and requirements, so stacks with equal requirements share one, and so do all clones
// of the project.
struct Environment {
  std::optional<Python> python;        // absent: no interpreter here meets the stack's `python`
  std::filesystem::path folder;        // empty: the stack needs none
  std::filesystem::path build_folder;  // empty: nothing to build
  std::filesystem::path cache_folder;  // {cache}, PLUMBLINE_CACHE
  std::string key;                     // identifies the packages in a trial's key
  bool ready = false;                  // installed and built
};

// Looks; changes nothing.
[[nodiscard]] Environment environment_of(const StackManifest& manifest);

// Why the stack cannot run now, as a sentence with the command that helps; empty when it can.
[[nodiscard]] std::string reason_not_ready(const StackManifest& manifest,
                                           const Environment& environment);

// Debian packages of `system_packages` that are not installed; empty where dpkg is not the package
// manager.
[[nodiscard]] std::vector<std::string> missing_system_packages(const StackManifest& manifest);

// Makes the environment with venv and pip, under the user's own pip configuration, and runs the
// stack's build. Returns at once when it is there. A second process that does the same is
// waited for. `say` gets one line a step. A CUDA build of a framework is refused unless `device` is
// Cuda. Throws EnvironmentError with the end of the log.
void add_environment(const StackManifest& manifest,
                     Device device,
                     const std::function<void(const std::string&)>& say);

// Removes environment and build; true if there was one. Stacks that share it lose it too.
bool remove_environment(const StackManifest& manifest);

[[nodiscard]] std::int64_t bytes_on_disk(const std::filesystem::path& folder);

// A manifest's text with {folder}, {python}, ... replaced. Throws UsageError for an unknown name in
// braces.
[[nodiscard]] std::string expand(const std::string& text,
                                 const StackManifest& manifest,
                                 const Environment& environment);

[[nodiscard]] std::vector<std::string> expand(const std::vector<std::string>& texts,
                                              const StackManifest& manifest,
                                              const Environment& environment);

// The variables that the stack's programs need: those of stack.toml, and PYTHONPATH for the shared
// folders.
[[nodiscard]] std::map<std::string, std::string> stack_variables(const StackManifest& manifest,
                                                                 const Environment& environment);

// The folder of `site-packages`; empty when there is no environment.
[[nodiscard]] std::filesystem::path site_packages(const Environment& environment);

// The folder of Plumbline's own programs.
[[nodiscard]] std::filesystem::path program_folder();

}  // namespace plumbline
