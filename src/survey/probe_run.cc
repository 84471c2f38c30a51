#include "survey/probe_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "process/child.h"
#include "stack/surroundings.h"
#include "survey/export.h"
#include "survey/probe_answer.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kKeyVersion = 1;
constexpr std::int64_t kMemoryLimitBytes = std::int64_t{12} << 30;
constexpr const char* kProbesPython = ">=3.9";  // where a stack has none of its own

fs::path probes_folder() {
  return installation_folder() / "survey" / "plumbline_survey" / "probes";
}

fs::path module_file(const SurveyProbe& probe) {
  return probes_folder() / (probe.module() + ".py");
}

// The probe's own file and all that probes share.
std::vector<fs::path> sources_of(const SurveyProbe& probe) {
  std::vector<fs::path> files;
  for (const char* const folder : {"survey", "export"}) {
    for (const fs::directory_entry& entry :
         fs::recursive_directory_iterator(installation_folder() / folder)) {
      const bool is_other_probe =
          entry.path().parent_path() == probes_folder() && entry.path() != module_file(probe);
      if (entry.path().extension() == ".py" && !is_other_probe) {
        files.push_back(entry.path());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) {
      return line;
    }
  }
  return "";
}

fs::path interpreter(const ProbeInputs& inputs) {
  if (!inputs.environment.folder.empty()) {
    return inputs.environment.folder / "bin" / "python";
  }
  const std::optional<Python> python = find_python(kProbesPython);
  if (!python) {
    throw EnvironmentError(
        fmt::format("The survey needs a Python {}, and none was found in PATH.", kProbesPython));
  }
  return python->path;
}

Json request_of(const ProbeInputs& inputs) {
  return {{"stack", inputs.stack.name},
          {"argument", inputs.probe.argument()},
          {"study", export_request(inputs.study, inputs.stack.name, Device::Cpu)},
          {"community", inputs.community.string()}};
}

ChildOptions probe_options(const ProbeInputs& inputs, const fs::path& folder) {
  ChildOptions options;
  options.command = {interpreter(inputs).string(),
                     "-m",
                     "plumbline_survey",
                     inputs.probe.module(),
                     (folder / "request.json").string()};
  options.environment =
      stack_surroundings(inputs.stack, inputs.environment, inputs.threads, folder);
  options.environment["PYTHONPATH"] = (installation_folder() / "survey").string() + ":" +
                                      (installation_folder() / "export").string();
  options.working_folder = folder / "home";
  options.standard_output = folder / "standard_output";
  options.standard_error = folder / "standard_error";
  options.memory_limit_bytes = kMemoryLimitBytes;
  options.scratch_folder = folder;
  options.with_channel = false;
  return options;
}

}  // namespace

std::string probe_key(const ProbeInputs& inputs) {
  Json identity = {{"version", kKeyVersion},
                   {"probe", inputs.probe.name},
                   {"stack", inputs.stack.name},
                   {"packages", inputs.environment.key},
                   {"threads", inputs.threads},
                   {"processor", processor_name()}};
  for (const fs::path& file : sources_of(inputs.probe)) {
    identity["sources"][file.filename().string()] = sha256_hex_of_file(file);
  }
  if (inputs.probe.module() == "ease") {
    identity["study"] = export_request(inputs.study, inputs.stack.name, Device::Cpu);
  }
  if (inputs.probe.module() == "community") {
    identity["community"] = sha256_hex_of_file(inputs.community);
  }
  return sha256_hex(identity.dump());
}

SurveyEvidence run_probe(const ProbeInputs& inputs) {
  const TemporaryFolder folder(fs::temp_directory_path(), "plumbline-survey-");
  write_file(folder.path() / "request.json", request_of(inputs).dump());
  const ChildOptions options = probe_options(inputs, folder.path());
  SurveyEvidence evidence;
  evidence.key = probe_key(inputs);
  evidence.stack = inputs.stack.name;
  evidence.probe = inputs.probe.name;
  evidence.versions = "{}";
  evidence.measured_at = utc_timestamp();
  const double start = monotonic_seconds();
  const ExitReport report = run_to_end(options, inputs.probe.deadline_seconds);
  evidence.wall_seconds = monotonic_seconds() - start;
  evidence.command =
      fmt::format("python -m plumbline_survey {} request.json", inputs.probe.module());
  evidence.network_isolated = report.network_isolated;
  evidence.exit_status = report.exit_status;
  evidence.reason = report.reason;
  evidence.script = read_file(module_file(inputs.probe));
  read_answer({read_file(options.standard_output), read_file(options.standard_error)},
              inputs.probe,
              evidence);
  return evidence;
}

}  // namespace plumbline
