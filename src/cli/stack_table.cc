#include "cli/stack_table.h"

#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "report/document.h"
#include "report/text_table.h"
#include "stack/environment.h"

namespace plumbline {

namespace {

struct StackState {
  StackManifest manifest;
  Environment environment;
  std::string version;
  std::string state;  // "ready", "not installed", "cannot run"
  std::string reason;
  std::int64_t bytes = 0;
};

std::string state_word(const std::string& reason, const Environment& environment) {
  if (reason.empty()) {
    return "ready";
  }
  return environment.ready || !environment.python ? "cannot run" : "not installed";
}

std::vector<StackState> stack_states() {
  std::vector<StackState> states;
  std::map<std::filesystem::path, std::int64_t>
      sizes;  // environments are shared, and counting is slow
  for (const StackManifest& manifest : shipped_stacks()) {
    const Environment environment = environment_of(manifest);
    const std::string reason = reason_not_ready(manifest, environment);
    if (!sizes.contains(environment.folder)) {
      sizes[environment.folder] = bytes_on_disk(environment.folder);
    }
    states.push_back({manifest,
                      environment,
                      pinned_version(manifest),
                      state_word(reason, environment),
                      reason,
                      sizes[environment.folder] + bytes_on_disk(environment.build_folder)});
  }
  return states;
}

std::string devices_text(const StackManifest& manifest) {
  std::string text;
  for (const Device device : manifest.devices) {
    text += (text.empty() ? "" : " ") + std::string(device == Device::Cuda ? "cuda" : "cpu");
  }
  return text;
}

void print_table(const std::vector<StackState>& states, std::ostream& out) {
  TextTable table({"stack", "framework", "version", "devices", "size", "state"}, "llllrl");
  for (const StackState& state : states) {
    table.add_row({state.manifest.name,
                   state.manifest.framework,
                   state.version.empty() ? "-" : state.version,
                   devices_text(state.manifest),
                   state.bytes == 0 ? "-" : format_bytes(static_cast<double>(state.bytes)),
                   state.state});
  }
  table.print(out);
  out << '\n';
  for (const StackState& state : states) {
    if (!state.reason.empty()) {
      out << fmt::format("{}: {}\n", state.manifest.name, state.reason);
    }
  }
}

nlohmann::ordered_json documents_of(const std::vector<StackState>& states) {
  nlohmann::ordered_json stacks = nlohmann::ordered_json::array();
  for (const StackState& state : states) {
    stacks.push_back(
        {{"stack", state.manifest.name},
         {"framework", state.manifest.framework},
         {"description", state.manifest.description},
         {"version", state.version},
         {"devices", devices_text(state.manifest)},
         {"bytes", state.bytes},
         {"command", expand(state.manifest.command, state.manifest, state.environment)},
         {"script", expand(state.manifest.script, state.manifest, state.environment)},
         {"variables", stack_variables(state.manifest, state.environment)},
         {"state", state.state},
         {"reason", state.reason}});
  }
  return stacks;
}

}  // namespace

nlohmann::ordered_json stack_documents() {
  return documents_of(stack_states());
}

ExitCode print_stacks(std::ostream& out, bool json) {
  if (json) {
    print_document({{"plumbline_stacks", 1}, {"stacks", stack_documents()}}, out);
  } else {
    print_table(stack_states(), out);
  }
  return ExitCode::Done;
}

}  // namespace plumbline
