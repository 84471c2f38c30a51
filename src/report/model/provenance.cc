#include "report/model/provenance.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/text.h"

namespace plumbline {

namespace {

using Json = nlohmann::json;

std::string member_text(const Json& machine, const char* name) {
  const auto found = machine.find(name);
  if (found == machine.end()) {
    return "";
  }
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string bytes_text(const Json& machine, const char* name) {
  const auto found = machine.find(name);
  return found != machine.end() && found->is_number() ? format_bytes(found->get<double>()) : "";
}

std::string load_text(const Json& machine) {
  const auto found = machine.find("load_average");
  return found != machine.end() && found->is_number() ? fmt::format("{:.1f}", found->get<double>())
                                                      : "";
}

MachineReport machine_of(const StoredRun& run, std::size_t trials) {
  const Json parsed = Json::parse(run.record.machine, nullptr, false);
  const Json machine = parsed.is_object() ? parsed : Json::object();
  const std::pair<std::string, std::string> facts[] = {
      {"Processor", member_text(machine, "processor")},
      {"Instruction sets", member_text(machine, "instruction_sets")},
      {"Cores", member_text(machine, "cores")},
      {"Threads of each trial", std::to_string(run.record.threads)},
      {"Memory", bytes_text(machine, "memory_bytes")},
      {"Frequency governor", member_text(machine, "governor")},
      {"Load average at the start", load_text(machine)},
      {"Kernel", member_text(machine, "kernel")},
      {"Plumbline", run.plumbline_version},
      {"Started", run.record.started_at},
      {"Ended", run.ended_at.empty() ? "not in order" : run.ended_at}};
  MachineReport report{trials, {}};
  for (const auto& fact : facts) {
    if (!fact.second.empty()) {
      report.facts.push_back(fact);
    }
  }
  return report;
}

// In the shell's single quotes where that is needed.
std::string shell_word(const std::string& word) {
  const bool is_plain = !word.empty() && word.find_first_not_of(
                                             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                             "0123456789._-/,=") == std::string::npos;
  if (is_plain) {
    return word;
  }
  std::string quoted = "'";
  for (const char letter : word) {
    quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  }
  return quoted + "'";
}

bool are_first_seeds(const std::vector<std::uint64_t>& seeds) {
  for (std::size_t at = 0; at < seeds.size(); ++at) {
    if (seeds[at] != at) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::vector<MachineReport> machines_of(const StudyResults& results) {
  std::map<std::int64_t, std::size_t> trials;
  for (const StoredTrial& trial : results.trials) {
    ++trials[trial.run_id];
  }
  std::vector<MachineReport> machines;
  machines.reserve(results.runs.size());
  for (const StoredRun& run : results.runs) {
    machines.push_back(machine_of(run, trials[run.id]));
  }
  return machines;
}

std::vector<FailureReport> failures_of(const StudyResults& results, const ResultsReader& reader) {
  std::vector<FailureReport> failures;
  std::map<std::tuple<std::string, std::string, Outcome, std::string>, std::size_t> places;
  for (const StoredTrial& trial : results.trials) {
    const TrialRecord& record = trial.record;
    if (record.outcome == Outcome::Trained) {
      continue;
    }
    const auto [place, is_new] = places.try_emplace(
        {record.data, record.stack, record.outcome, record.reason}, failures.size());
    if (is_new) {
      failures.push_back(
          {record.data,
           record.stack,
           outcome_name(record.outcome),
           record.reason,
           {},
           failures.size() < kMostFailures ? reader.log(trial.id, kMostLogBytes) : TrialLog{}});
    }
    failures[place->second].seeds.push_back(record.seed);
  }
  for (FailureReport& failure : failures) {
    std::sort(failure.seeds.begin(), failure.seeds.end());
  }
  return failures;
}

std::string seeds_text(const std::vector<std::uint64_t>& seeds) {
  std::string text;
  for (std::size_t at = 0; at < seeds.size();) {
    std::size_t last = at;
    while (last + 1 < seeds.size() && seeds[last + 1] == seeds[last] + 1) {
      ++last;
    }
    text += text.empty() ? "" : ", ";
    text += last == at
                ? std::to_string(seeds[at])
                : fmt::format("{}{}{}", seeds[at], last == at + 1 ? ", " : " to ", seeds[last]);
    at = last + 1;
  }
  return text;
}

std::vector<std::string> commands_of(const StudyResults& results) {
  std::string environments = "plumbline env add";
  for (const std::string& stack : results.stacks) {
    environments += " " + shell_word(stack);
  }
  std::string run = "plumbline run " + shell_word(results.name + ".toml");
  if (results.study && results.seeds != results.study->seeds && are_first_seeds(results.seeds)) {
    run += fmt::format(" --seeds {}", results.seeds.size());
  }
  if (results.threads > 0) {
    run += fmt::format(" --threads {}", results.threads);
  }
  run += results.mode == "controlled" ? " --controlled" : "";
  const std::string file = shell_word(results.name + ".results.sqlite");
  return {environments,
          run,
          fmt::format("plumbline report {} --output {}", file, shell_word(results.name + ".html"))};
}

}  // namespace plumbline
