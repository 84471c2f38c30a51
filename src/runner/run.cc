#include "runner/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "base/error.h"
#include "runner/machine.h"
#include "runner/scratch.h"
#include "runner/trial.h"
#include "store/results_file.h"

namespace plumbline {

namespace {

// A study together with everything that its plan needs from this machine.
struct PreparedRun {
  Machine machine;
  int threads = 0;
  std::vector<PreparedStack> stacks;
  std::vector<Dataset> data;
  std::vector<PlannedTrial> plan;
};

Dataset load_for(const Study& study, const DataSource& source, const DataPlaces& places) {
  Dataset data = load_dataset(source, places);
  try {
    return shaped_for(std::move(data), study.network.input);
  } catch (const UsageError& error) {
    fail_at(study, {{"network", "input"}}, error.what());
  }
}

PreparedRun prepare(const Study& study, const RunOptions& options) {
  PreparedRun run;
  run.machine = read_machine();
  run.threads = options.threads ? *options.threads : study.threads.value_or(run.machine.cores);
  require_cores(run.threads);
  run.stacks = prepare_stacks(study);
  for (const DataSource& source : study.data) {
    run.data.push_back(load_for(study, source, options.places));
    check_fits(study, run.data.back());
  }
  run.plan =
      plan_trials({study, run.stacks, run.data, options.mode, run.threads, run.machine.processor});
  return run;
}

bool is_final(Outcome outcome) {
  return outcome == Outcome::Trained || outcome == Outcome::Diverged ||
         outcome == Outcome::Unsupported;
}

bool needs_running(const std::optional<StoredTrial>& stored, bool retry) {
  return !stored || (retry && !is_final(stored->record.outcome));
}

TrialLabel label_of(const PreparedRun& run, std::size_t index) {
  const PlannedTrial& trial = run.plan[index];
  return {index + 1,
          run.plan.size(),
          run.data[trial.data].name,
          run.stacks[trial.stack].manifest.name,
          trial.seed};
}

// What one trial's files take, the workers' tensors included.
std::int64_t scratch_bytes(const std::vector<Dataset>& data) {
  constexpr std::size_t kRoomForTensors = std::size_t{512} << 20;
  std::size_t largest = 0;
  for (const Dataset& set : data) {
    largest = std::max(largest, set.train.images.bytes().size() + set.test.images.bytes().size());
  }
  return static_cast<std::int64_t>(kRoomForTensors + largest);
}

// Executes the plan's open trials and records each; owns what the trials of one run share.
class Execution {
 public:
  Execution(const Study& study,
            const RunOptions& options,
            const PreparedRun& run,
            ProgressListener& listener)
      : study_(study),
        options_(options),
        run_(run),
        listener_(listener),
        results_(options.results, ResultsFile::Access::Write) {}

  RunResult execute() {
    RunResult result;
    result.planned = run_.plan.size();
    result.threads = run_.threads;
    const std::vector<std::size_t> open = open_trials();
    if (!open.empty()) {
      run_open(open, result);
    }
    for (const PlannedTrial& trial : run_.plan) {
      if (std::optional<StoredTrial> stored = results_.find_trial(trial.key)) {
        result.trials.push_back(std::move(*stored));
      }
    }
    return result;
  }

 private:
  [[nodiscard]] std::vector<std::size_t> open_trials() const {
    std::vector<std::size_t> open;
    for (std::size_t index = 0; index < run_.plan.size(); ++index) {
      if (needs_running(results_.find_trial(run_.plan[index].key), options_.retry)) {
        open.push_back(index);
      }
    }
    return open;
  }

  void run_open(const std::vector<std::size_t>& open, RunResult& result) {
    if (open.size() < run_.plan.size()) {
      listener_.message(fmt::format("{} of {} trials are already in {}.",
                                    run_.plan.size() - open.size(),
                                    run_.plan.size(),
                                    options_.results.string()));
    }
    use_cores(run_.threads);
    const TemporaryFolder scratch = make_scratch_folder(scratch_bytes(run_.data));
    const std::int64_t run_id = results_.begin_run({study_.text,
                                                    mode_name(options_.mode),
                                                    run_.threads,
                                                    machine_json(run_.machine),
                                                    utc_timestamp()});
    for (const std::size_t index : open) {
      if (!run_one(index, run_id, scratch.path())) {
        result.interrupted = true;
        break;
      }
      ++result.ran;
    }
    results_.end_run(run_id, utc_timestamp());
  }

  // False when the user interrupted it; nothing is recorded then.
  bool run_one(std::size_t index, std::int64_t run_id, const std::filesystem::path& scratch) {
    if (interrupted()) {
      return false;
    }
    const PlannedTrial& trial = run_.plan[index];
    const PreparedStack& stack = run_.stacks[trial.stack];
    const Dataset& data = run_.data[trial.data];
    const TrialLabel label = label_of(run_, index);
    listener_.trial_started(label);
    const TrialRecord record = run_trial({stack,
                                          study_.network,
                                          data,
                                          study_.name,
                                          trial.seed,
                                          trial.key,
                                          options_.mode,
                                          run_.threads,
                                          study_.trial_timeout_seconds,
                                          study_.memory_limit_bytes,
                                          scratch},
                                         listener_);
    if (record.outcome == Outcome::Interrupted) {
      return false;
    }
    results_.add_trial(run_id, record);
    listener_.trial_ended(label, record);
    return true;
  }

  const Study& study_;
  const RunOptions& options_;
  const PreparedRun& run_;
  ProgressListener& listener_;
  ResultsFile results_;
};

}  // namespace

RunResult run_study(const Study& study, const RunOptions& options, ProgressListener& listener) {
  const PreparedRun run = prepare(study, options);
  for (const Dataset& data : run.data) {
    for (const std::string& warning : data.warnings) {
      listener.message(warning);
    }
  }
  return Execution(study, options, run, listener).execute();
}

std::vector<PlannedLine> plan_study(const Study& study, const RunOptions& options) {
  const PreparedRun run = prepare(study, options);
  std::optional<ResultsFile> results;
  std::error_code none;
  const std::uintmax_t bytes = std::filesystem::file_size(options.results, none);
  if (!none && bytes > 0) {  // a run that was killed at its very start leaves an empty file
    results.emplace(options.results, ResultsFile::Access::Read);
  }
  std::vector<PlannedLine> lines;
  for (std::size_t index = 0; index < run.plan.size(); ++index) {
    const bool done =
        results && !needs_running(results->find_trial(run.plan[index].key), options.retry);
    lines.push_back({label_of(run, index), done});
  }
  return lines;
}

}  // namespace plumbline
