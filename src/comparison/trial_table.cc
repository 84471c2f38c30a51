#include "comparison/trial_table.h"

#include <algorithm>

#include "stats/count/examples.h"

namespace plumbline {

namespace {

TrialState state_of(const TrialRecord& record) {
  switch (record.outcome) {
    case Outcome::Trained:
      return record.accuracy ? TrialState::Trained : TrialState::Failed;
    case Outcome::Diverged:
      return TrialState::Diverged;
    case Outcome::Unsupported:
      return TrialState::Unsupported;
    case Outcome::Interrupted:
      return TrialState::NotRun;
    default:
      return TrialState::Failed;
  }
}

TrialResult result_of(const TrialRecord& record) {
  TrialResult result;
  result.state = state_of(record);
  result.accuracy = record.accuracy.value_or(0);
  const double seconds = headline_seconds(record);
  if (seconds > 0) {
    result.seconds = seconds;
  }
  return result;
}

}  // namespace

void TrialTable::add(const TrialRecord& record,
                     std::int64_t run_id,
                     std::vector<std::uint8_t> correct) {
  const auto stack = std::find(stacks_.begin(), stacks_.end(), record.stack);
  if (record.data != data_ || stack == stacks_.end()) {
    return;
  }
  blocks_[record.seed][static_cast<std::size_t>(stack - stacks_.begin())] = {
      result_of(record), record.test_images, run_id, std::move(correct)};
}

Comparison TrialTable::compare(const ComparisonSettings& settings) const {
  TrialMatrix matrix;
  matrix.stacks = stacks_.size();
  matrix.seeds = blocks_.size();
  matrix.results.resize(matrix.stacks * matrix.seeds);
  std::size_t seed = 0;
  for (const auto& [number, block] : blocks_) {
    bool one_run = true;
    for (const auto& [stack, entry] : block) {
      matrix.examples = std::max(matrix.examples, entry.test_images);
      one_run = one_run && entry.run_id == block.begin()->second.run_id;
      matrix.at(stack, seed) = entry.result;
      matrix.at(stack, seed).correct = entry.correct;
    }
    matrix.timed_together.push_back(one_run);
    ++seed;
  }
  for (TrialResult& result : matrix.results) {
    if (result.correct.size() != bytes_of_examples(matrix.examples)) {
      result.correct = {};
    }
  }
  return compare_stacks(matrix, settings);
}

ComparisonSettings comparison_settings(const ComparisonRules& rules,
                                       const std::vector<std::string>& stacks,
                                       Looks looks) {
  ComparisonSettings settings;
  settings.confidence = rules.confidence;
  settings.looks = looks;
  if (rules.accuracy_margin_points) {
    settings.accuracy_margin = *rules.accuracy_margin_points / 100;
  }
  if (rules.time_margin_percent) {
    settings.time_margin = *rules.time_margin_percent / 100;
  }
  const auto reference = std::find(stacks.begin(), stacks.end(), rules.reference);
  if (reference != stacks.end()) {
    settings.reference = static_cast<std::size_t>(reference - stacks.begin());
  }
  return settings;
}

Looks looks_at(const std::vector<StoredTrial>& trials, const std::vector<StoredRun>& runs) {
  const bool watched = std::any_of(runs.begin(), runs.end(), [&](const StoredRun& run) {
    return run.record.until_settled &&
           std::any_of(trials.begin(), trials.end(), [&](const StoredTrial& trial) {
             return trial.run_id == run.id;
           });
  });
  return watched ? Looks::AfterEveryBlock : Looks::Once;
}

Comparison compare_trials(const std::vector<StoredTrial>& trials,
                          TrialTable table,
                          const ComparisonSettings& settings,
                          const ResultsReader& reader) {
  for (const StoredTrial& trial : trials) {
    auto prediction = reader.prediction(trial.id, trial.record.test_images);
    table.add(trial.record,
              trial.run_id,
              prediction ? std::move(prediction->correct) : std::vector<std::uint8_t>());
  }
  return table.compare(settings);
}

}  // namespace plumbline
