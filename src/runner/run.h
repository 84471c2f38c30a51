#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "data/dataset.h"
#include "runner/plan.h"
#include "runner/progress.h"

namespace plumbline {

struct RunOptions {
  std::filesystem::path results;
  DataPlaces places;
  Mode mode = Mode::AsShipped;
  bool retry = false;          // run again what failed
  std::optional<int> threads;  // over the study's own
  // Adds seed blocks to each data set until its ranking is settled or the study's limit is reached.
  bool until_settled = false;
};

// What stands in the results file for the study's plan after the run.
struct RunResult {
  std::vector<StoredTrial> trials;  // in the order of the plan, added blocks at the end
  std::size_t planned = 0;
  std::size_t ran = 0;  // in this run
  bool interrupted = false;
  int threads = 0;
};

// Plans the study, runs what the results file does not hold yet, trial by trial, and records each
// as it ends. Throws UsageError for a study whose ranking cannot be settled because it names one
// stack, and Error for what concerns the whole run: data, environments, the results file.
[[nodiscard]] RunResult run_study(const Study& study,
                                  const RunOptions& options,
                                  ProgressListener& listener);

// The plan as it stands, running nothing: for --dry-run. Each with whether the results file holds
// it.
struct PlannedLine {
  TrialLabel label;
  bool done = false;
};
[[nodiscard]] std::vector<PlannedLine> plan_study(const Study& study, const RunOptions& options);

}  // namespace plumbline
