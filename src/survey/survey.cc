#include "survey/survey.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "stack/environment.h"
#include "store/survey_file.h"
#include "survey/probe_run.h"
#include "survey/python_module.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

constexpr int kNotUsableStatus = 3;

// A stack that can run here.
struct ReadyStack {
  const StackManifest* manifest = nullptr;
  Environment environment;
};

std::vector<ReadyStack> ready_stacks(const std::vector<StackManifest>& stacks) {
  std::vector<ReadyStack> ready;
  for (const StackManifest& manifest : stacks) {
    const Environment environment = environment_of(manifest);
    if (reason_not_ready(manifest, environment).empty()) {
      ready.push_back({&manifest, environment});
    }
  }
  return ready;
}

std::string line_of(std::size_t number, std::size_t count, const SurveyEvidence& evidence) {
  return fmt::format("[{}/{}] {}, {}: {}{}",
                     number,
                     count,
                     evidence.stack,
                     evidence.probe,
                     format_seconds(evidence.wall_seconds),
                     evidence.reason.empty() ? "" : ". " + evidence.reason);
}

}  // namespace

void run_survey(const std::vector<StackManifest>& stacks,
                const Study& study,
                const SurveyOptions& options,
                const std::function<void(const std::string&)>& say) {
  SurveyFile file(options.results);
  const std::vector<ReadyStack> ready = ready_stacks(stacks);
  const std::size_t count = ready.size() * survey_probes().size();
  std::size_t number = 0;
  for (const ReadyStack& stack : ready) {
    for (const SurveyProbe& probe : survey_probes()) {
      ++number;
      const ProbeInputs inputs{
          probe, *stack.manifest, stack.environment, study, options.community, options.threads};
      const std::optional<SurveyEvidence> known = file.find(probe_key(inputs));
      if (known && (known->reason.empty() || !options.retry)) {
        continue;
      }
      const SurveyEvidence evidence = run_probe(inputs);
      file.add(evidence);
      say(line_of(number, count, evidence));
    }
  }
}

fs::path community_file() {
  return installation_folder() / "survey" / "community.csv";
}

std::string refresh_community(const fs::path& file, const std::vector<fs::path>& clones) {
  std::vector<std::string> arguments = {fs::absolute(file).string()};
  for (const fs::path& clone : clones) {
    arguments.push_back(fs::absolute(clone).string());
  }
  const ModuleOutput output = run_python_module("plumbline_survey.refresh", arguments);
  if (output.exit_status == kNotUsableStatus) {
    throw UsageError(output.standard_error.substr(0, output.standard_error.find('\n')));
  }
  if (output.exit_status != 0) {
    throw Error("The clones could not be read. What was said:\n" + output.standard_error);
  }
  return output.standard_output;
}

}  // namespace plumbline
