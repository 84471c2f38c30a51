#include "report/run_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "worker/session.h"

namespace plumbline {

namespace {

// Cores' worth of others' work from which a trial counts as measured on a loaded machine.
constexpr double kLoadedCores = 0.2;

std::vector<const TrialRecord*> trials_of(const std::vector<StoredTrial>& trials,
                                          const std::string& data,
                                          const std::string& stack) {
  std::vector<const TrialRecord*> records;
  for (const StoredTrial& trial : trials) {
    if (trial.record.data == data && trial.record.stack == stack) {
      records.push_back(&trial.record);
    }
  }
  return records;
}

void count_trial(const TrialRecord& record, StackSummary& summary) {
  ++summary.outcomes[outcome_name(record.outcome)];
  summary.accuracy_by_seed[record.seed] = record.accuracy;
  summary.loaded_trials += record.other_load > kLoadedCores ? 1 : 0;
  summary.not_isolated_trials += record.network_isolated ? 0 : 1;
  if (!record.reason.empty()) {
    summary.reasons.push_back(
        fmt::format("seed {}: {}: {}", record.seed, outcome_name(record.outcome), record.reason));
  }
}

StackSummary summarise_stack(const std::string& stack,
                             const std::vector<const TrialRecord*>& records) {
  StackSummary summary;
  summary.stack = stack;
  std::vector<double> accuracies;
  std::vector<double> times;
  std::vector<double> walls;
  for (const TrialRecord* const record : records) {
    count_trial(*record, summary);
    if (record->outcome != Outcome::Trained || !record->accuracy) {
      continue;
    }
    accuracies.push_back(*record->accuracy);
    times.push_back(headline_seconds(*record));
    walls.push_back(record->wall_seconds);
    for (const auto& [phase, seconds] : record->phases) {
      summary.phase_seconds[phase] += seconds;
    }
    summary.cpu_seconds += record->use.user_seconds + record->use.system_seconds;
    summary.peak_resident_bytes += static_cast<double>(record->use.peak_resident_bytes);
  }
  const auto trained = static_cast<double>(std::max<std::size_t>(accuracies.size(), 1));
  for (auto& [phase, seconds] : summary.phase_seconds) {
    seconds /= trained;
  }
  summary.cpu_seconds /= trained;
  summary.peak_resident_bytes /= trained;
  summary.accuracy = summarise(accuracies);
  summary.time_seconds = summarise(times);
  summary.wall_seconds = summarise(walls);
  return summary;
}

}  // namespace

std::vector<DataSummary> summarise_trials(const std::vector<StoredTrial>& trials,
                                          const std::vector<std::string>& data,
                                          const std::vector<std::string>& stacks) {
  std::vector<DataSummary> summaries;
  for (const std::string& set : data) {
    DataSummary summary;
    summary.data = set;
    for (const std::string& stack : stacks) {
      summary.stacks.push_back(summarise_stack(stack, trials_of(trials, set, stack)));
    }
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace plumbline
