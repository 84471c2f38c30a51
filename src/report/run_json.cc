#include <nlohmann/json.hpp>

#include "report/document.h"
#include "report/run_report.h"

namespace plumbline {

namespace {

constexpr int kDocumentVersion = 1;

using Json = nlohmann::ordered_json;

Json number_or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json summary_json(const Summary& summary) {
  return {{"n", summary.count},
          {"mean", summary.count > 0 ? Json(summary.mean) : Json(nullptr)},
          {"sd", number_or_null(summary.sd)}};
}

Json stack_json(const StackSummary& stack) {
  Json by_seed = Json::object();
  for (const auto& [seed, accuracy] : stack.accuracy_by_seed) {
    by_seed[std::to_string(seed)] = number_or_null(accuracy);
  }
  Json accuracy = summary_json(stack.accuracy);
  accuracy["by_seed"] = by_seed;
  Json phases = Json::object();
  for (const char* const phase : kPhases) {
    const auto found = stack.phase_seconds.find(phase);
    if (found != stack.phase_seconds.end()) {
      phases[phase] = found->second;
    }
  }
  return {{"stack", stack.stack},
          {"outcomes", stack.outcomes},
          {"accuracy", accuracy},
          {"time_seconds", summary_json(stack.time_seconds)},
          {"wall_seconds", summary_json(stack.wall_seconds)},
          {"phase_seconds", phases},
          {"cpu_seconds", stack.cpu_seconds},
          {"peak_resident_bytes", stack.peak_resident_bytes},
          {"loaded_trials", stack.loaded_trials},
          {"not_isolated_trials", stack.not_isolated_trials},
          {"reasons", stack.reasons}};
}

}  // namespace

void print_json(const RunReport& report, std::ostream& out) {
  Json sets = Json::array();
  for (const DataSummary& data : report.data) {
    Json stacks = Json::array();
    for (const StackSummary& stack : data.stacks) {
      stacks.push_back(stack_json(stack));
    }
    sets.push_back({{"data", data.data}, {"stacks", stacks}});
  }
  const Json document = {{"plumbline_run", kDocumentVersion},
                         {"study", report.study},
                         {"question", report.question},
                         {"mode", report.mode},
                         {"threads", report.threads},
                         {"results", report.results},
                         {"trials_planned", report.planned},
                         {"trials_done", report.done},
                         {"data", sets}};
  print_document(document, out);
}

}  // namespace plumbline
