#include "runner/execution.h"

#include "base/clock.h"
#include "base/error.h"
#include "runner/scratch.h"
#include "runner/trial.h"

namespace plumbline {

namespace {

bool is_final(Outcome outcome) {
  return outcome == Outcome::Trained || outcome == Outcome::Diverged ||
         outcome == Outcome::Unsupported;
}

}  // namespace

PreparedRun prepare_run(const Study& study, const RunOptions& options) {
  PreparedRun run;
  run.machine = read_machine();
  run.threads = options.threads ? *options.threads : study.threads.value_or(run.machine.cores);
  run.stacks = prepare_stacks(study);
  for (const DataSource& source : study.data) {
    run.data.push_back(shaped_for(load_dataset(source, options.places), study.network.input));
    check_fits(study, run.data.back());
  }
  run.plan = plan_trials(plan_inputs(study, options, run));
  return run;
}

PlanInputs plan_inputs(const Study& study, const RunOptions& options, const PreparedRun& run) {
  return {study, run.stacks, run.data, options.mode, run.threads, run.machine.processor};
}

TrialLabel label_of(const PreparedRun& run, std::size_t index) {
  const PlannedTrial& trial = run.plan[index];
  return {index + 1,
          run.plan.size(),
          run.data[trial.data].name,
          run.stacks[trial.stack].manifest.name,
          trial.seed};
}

bool needs_running(const std::optional<StoredTrial>& stored, bool retry) {
  return !stored || (retry && !is_final(stored->record.outcome));
}

Execution::Execution(const Study& study,
                     const RunOptions& options,
                     const PreparedRun& run,
                     ProgressListener& listener)
    : study_(study),
      options_(options),
      run_(run),
      listener_(listener),
      results_(options.results, ResultsFile::Access::Write) {}

bool Execution::is_open(std::size_t index) const {
  return needs_running(results_.find_trial(run_.plan[index].key), options_.retry);
}

bool Execution::run_open(std::size_t first) {
  // What is open is asked beforehand: with --retry a trial that fails again is open for ever.
  std::vector<std::size_t> open;
  for (std::size_t index = first; index < run_.plan.size(); ++index) {
    if (is_open(index)) {
      open.push_back(index);
    }
  }
  for (const std::size_t index : open) {
    if (!run_one(index)) {
      return false;
    }
    ++ran_;
  }
  return true;
}

std::size_t Execution::count_done() const {
  std::size_t done = 0;
  for (std::size_t index = 0; index < run_.plan.size(); ++index) {
    done += is_open(index) ? 0 : 1;
  }
  return done;
}

void Execution::start() {
  use_cores(run_.threads);
  TemporaryFolder scratch = make_scratch_folder(shared_bytes(run_.data));
  SharedData shared(scratch.path());
  const std::int64_t run_id = results_.begin_run({study_.text,
                                                  mode_name(options_.mode),
                                                  run_.threads,
                                                  machine_json(run_.machine),
                                                  utc_timestamp(),
                                                  options_.until_settled});
  started_.emplace(Started{std::move(scratch), std::move(shared), run_id});
}

bool Execution::run_one(std::size_t index) {
  if (interrupted()) {
    return false;
  }
  if (!started_) {
    start();
  }
  const PlannedTrial& trial = run_.plan[index];
  const PreparedStack& stack = run_.stacks[trial.stack];
  const Dataset& data = run_.data[trial.data];
  const TrialLabel label = label_of(run_, index);
  listener_.trial_started(label);
  const TrialRecord record =
      run_trial({stack,
                 study_.network,
                 data,
                 started_->shared.train_file(data, training_images(stack.choice.recipe, data)),
                 started_->shared.test_file(data),
                 study_.name,
                 trial.seed,
                 trial.key,
                 options_.mode,
                 run_.threads,
                 study_.trial_timeout_seconds,
                 study_.memory_limit_bytes,
                 started_->scratch.path()},
                listener_);
  if (record.outcome == Outcome::Interrupted) {
    return false;
  }
  results_.add_trial(started_->run_id, record);
  listener_.trial_ended(label, record);
  return true;
}

void Execution::end() {
  if (started_) {
    results_.end_run(started_->run_id, utc_timestamp());
  }
}

std::vector<StoredTrial> Execution::stored_trials() const {
  std::vector<StoredTrial> trials;
  for (const PlannedTrial& trial : run_.plan) {
    if (std::optional<StoredTrial> stored = results_.find_trial(trial.key)) {
      trials.push_back(std::move(*stored));
    }
  }
  return trials;
}

}  // namespace plumbline
