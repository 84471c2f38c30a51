#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "runner/machine.h"
#include "runner/plan.h"
#include "runner/run.h"
#include "runner/shared_data.h"
#include "store/results_file.h"

namespace plumbline {

// A study together with everything that its plan needs from this machine.
struct PreparedRun {
  Machine machine;
  int threads = 0;
  std::vector<PreparedStack> stacks;
  std::vector<Dataset> data;
  std::vector<PlannedTrial> plan;
};

// Throws Error for what concerns the whole run: data, environments.
[[nodiscard]] PreparedRun prepare_run(const Study& study, const RunOptions& options);
[[nodiscard]] PlanInputs plan_inputs(const Study& study,
                                     const RunOptions& options,
                                     const PreparedRun& run);
[[nodiscard]] TrialLabel label_of(const PreparedRun& run, std::size_t index);
// Whether a trial is to be run, given what the results file holds under its key.
[[nodiscard]] bool needs_running(const std::optional<StoredTrial>& stored, bool retry);

// Executes the plan's open trials and records each; owns what the trials of one run share, from the
// first of them on. `run` outlives it, and its plan may grow meanwhile.
class Execution {
 public:
  Execution(const Study& study,
            const RunOptions& options,
            const PreparedRun& run,
            ProgressListener& listener);

  // How many trials of the plan need not be run.
  [[nodiscard]] std::size_t count_done() const;
  // Runs what is open in the plan from `first` on. False when the user interrupted it.
  bool run_open(std::size_t first);
  // Notes the run's end, if there was anything to run.
  void end();

  [[nodiscard]] std::size_t ran() const { return ran_; }
  // What stands in the results file for the plan.
  [[nodiscard]] std::vector<StoredTrial> stored_trials() const;

 private:
  struct Started {
    TemporaryFolder scratch;
    SharedData shared;
    std::int64_t run_id = 0;
  };
  [[nodiscard]] bool is_open(std::size_t index) const;
  void start();
  bool run_one(std::size_t index);

  const Study& study_;
  const RunOptions& options_;
  const PreparedRun& run_;
  ProgressListener& listener_;
  ResultsFile results_;
  std::optional<Started> started_;
  std::size_t ran_ = 0;
};

}  // namespace plumbline
