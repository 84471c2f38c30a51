#include "runner/run.h"

#include <fmt/format.h>

#include <set>

#include "base/error.h"
#include "comparison/trial_table.h"
#include "runner/execution.h"
#include "store/results_reader.h"

namespace plumbline {

namespace {

std::vector<std::string> stack_names(const Study& study) {
  std::vector<std::string> names;
  for (const StackChoice& stack : study.stacks) {
    names.push_back(stack.name);
  }
  return names;
}

// The smallest seed that is not taken.
std::uint64_t next_seed(const std::set<std::uint64_t>& taken) {
  std::uint64_t seed = 0;
  while (taken.contains(seed)) {
    ++seed;
  }
  return seed;
}

void tell_beforehand(const PreparedRun& run,
                     std::size_t done,
                     const RunOptions& options,
                     ProgressListener& listener) {
  for (const Dataset& data : run.data) {
    for (const std::string& warning : data.warnings) {
      listener.message(warning);
    }
  }
  if (done > 0 && done < run.plan.size()) {
    listener.message(fmt::format(
        "{} of {} trials are already in {}.", done, run.plan.size(), options.results.string()));
  }
}

// Adds seed blocks to the plan as long as the results leave a ranking open.
class Settling {
 public:
  Settling(const Study& study,
           const RunOptions& options,
           PreparedRun& run,
           Execution& execution,
           ProgressListener& listener)
      : study_(study), options_(options), run_(run), execution_(execution), listener_(listener) {}

  // False when the user interrupted it.
  bool settle_all() {
    for (std::size_t data = 0; data < run_.data.size(); ++data) {
      if (!settle(data)) {
        return false;
      }
    }
    return true;
  }

 private:
  bool settle(std::size_t data) {
    std::set<std::uint64_t> seeds(study_.seeds.begin(), study_.seeds.end());
    Comparison found = compare(data);
    // Where nothing trains, more seeds of nothing settle nothing.
    while (!found.settled && !found.ranking.empty() && seeds.size() < study_.comparison.max_seeds) {
      const std::uint64_t seed = next_seed(seeds);
      const std::vector<PlannedTrial> block =
          plan_block(plan_inputs(study_, options_, run_), data, seeds.size(), seed);
      const std::size_t first = run_.plan.size();
      run_.plan.insert(run_.plan.end(), block.begin(), block.end());
      seeds.insert(seed);
      if (!execution_.run_open(first)) {
        return false;
      }
      found = compare(data);
    }
    listener_.message(fmt::format(
        "{}: the ranking is {} after {} seeds{}.",
        run_.data[data].name,
        found.settled ? "settled" : "not settled",
        seeds.size(),
        found.settled           ? ""
        : found.ranking.empty() ? ", as nothing was trained"
                                : ", which is the study's limit (max_seeds of [comparison])"));
    return true;
  }

  [[nodiscard]] Comparison compare(std::size_t data) const {
    const std::vector<std::string> stacks = stack_names(study_);
    return compare_trials(execution_.stored_trials(),
                          TrialTable(run_.data[data].name, stacks),
                          comparison_settings(study_.comparison, stacks, Looks::AfterEveryBlock),
                          ResultsReader(options_.results));
  }

  const Study& study_;
  const RunOptions& options_;
  PreparedRun& run_;
  Execution& execution_;
  ProgressListener& listener_;
};

void check_can_settle(const Study& study, const RunOptions& options) {
  if (options.until_settled && study.stacks.size() < 2) {
    throw UsageError(
        fmt::format("--until-settled goes on until stacks can be told apart, but the study '{}' "
                    "runs only '{}'. "
                    "Name a second stack, or a number of seeds with --seeds.",
                    study.name,
                    study.stacks.front().name));
  }
}

}  // namespace

RunResult run_study(const Study& study, const RunOptions& options, ProgressListener& listener) {
  check_can_settle(study, options);
  PreparedRun run = prepare_run(study, options);
  Execution execution(study, options, run, listener);
  tell_beforehand(run, execution.count_done(), options, listener);
  bool whole = execution.run_open(0);
  if (whole && options.until_settled) {
    whole = Settling(study, options, run, execution, listener).settle_all();
  }
  execution.end();
  return {execution.stored_trials(), run.plan.size(), execution.ran(), !whole, run.threads};
}

std::vector<PlannedLine> plan_study(const Study& study, const RunOptions& options) {
  check_can_settle(study, options);
  const PreparedRun run = prepare_run(study, options);
  std::optional<ResultsFile> results;
  if (std::filesystem::exists(options.results)) {
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
