#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "cli/study_words.h"
#include "cli/terminal_progress.h"
#include "cli/verb.h"
#include "report/run_report.h"
#include "runner/run.h"

namespace plumbline {

namespace {

struct RunArguments {
  std::string study;
  std::string results;
  std::string data_dir;
  std::vector<std::string> stacks;
  std::optional<std::uint64_t> seeds;
  std::optional<int> threads;
  bool controlled = false;
  bool retry = false;
  bool json = false;
  bool quiet = false;
  bool dry_run = false;
};

void keep_stacks(Study& study, const std::vector<std::string>& wanted) {
  std::vector<std::string> names;
  names.reserve(study.stacks.size());
  for (const StackChoice& stack : study.stacks) {
    names.push_back(stack.name);
  }
  for (const std::string& name : wanted) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw UsageError(fmt::format("The study '{}' has no stack '{}'.{} It has {}.",
                                   study.name,
                                   name,
                                   did_you_mean(name, names),
                                   join_words(names)));
    }
  }
  std::erase_if(study.stacks, [&](const StackChoice& stack) {
    return std::find(wanted.begin(), wanted.end(), stack.name) == wanted.end();
  });
}

Study study_of(const RunArguments& arguments) {
  Study study = read_study(arguments.study, known_words());
  if (!arguments.stacks.empty()) {
    keep_stacks(study, arguments.stacks);
  }
  if (arguments.seeds) {
    study.seeds.clear();
    for (std::uint64_t seed = 0; seed < *arguments.seeds; ++seed) {
      study.seeds.push_back(seed);
    }
  }
  return study;
}

RunOptions options_of(const RunArguments& arguments, const Study& study) {
  RunOptions options;
  options.results =
      arguments.results.empty() ? results_file_of(study) : std::filesystem::path(arguments.results);
  options.places.study_folder = study.file.parent_path();
  options.places.data_dir = arguments.data_dir;
  options.mode = arguments.controlled ? Mode::Controlled : Mode::AsShipped;
  options.retry = arguments.retry;
  options.threads = arguments.threads;
  return options;
}

RunReport report_of(const Study& study, const RunOptions& options, const RunResult& result) {
  std::vector<std::string> data;
  std::vector<std::string> stacks;
  data.reserve(study.data.size());
  stacks.reserve(study.stacks.size());
  for (const DataSource& source : study.data) {
    data.push_back(source.name);
  }
  for (const StackChoice& stack : study.stacks) {
    stacks.push_back(stack.name);
  }
  RunReport report;
  report.study = study.name;
  report.question = study.question;
  report.mode = mode_name(options.mode);
  report.threads = result.threads;
  report.results = options.results.string();
  report.planned = result.planned;
  report.done = result.trials.size();
  report.data = summarise_trials(result.trials, data, stacks);
  return report;
}

ExitCode exit_code_of(const RunResult& result) {
  if (result.interrupted) {
    return ExitCode::Interrupted;
  }
  const bool all_well =
      std::all_of(result.trials.begin(), result.trials.end(), [](const StoredTrial& trial) {
        return trial.record.outcome == Outcome::Trained;
      });
  return all_well ? ExitCode::Done : ExitCode::SomeFailed;
}

ExitCode print_plan(const Study& study, const RunOptions& options) {
  for (const PlannedLine& line : plan_study(study, options)) {
    std::cout << fmt::format("{:>4}  {}  {}  seed {}{}\n",
                             line.label.index,
                             line.label.data,
                             line.label.stack,
                             line.label.seed,
                             line.done ? "  (done)" : "");
  }
  return ExitCode::Done;
}

ExitCode run(const RunArguments& arguments) {
  const Study study = study_of(arguments);
  const RunOptions options = options_of(arguments, study);
  if (arguments.dry_run) {
    return print_plan(study, options);
  }
  TerminalProgress progress(std::cerr, arguments.quiet);
  const RunResult result = run_study(study, options, progress);
  progress.finish();
  const RunReport report = report_of(study, options, result);
  if (arguments.json) {
    print_json(report, std::cout);
  } else {
    print_tables(report, std::cout);
  }
  if (result.interrupted) {
    std::cerr << fmt::format(
        "plumbline: Interrupted; {} of {} trials are recorded. The same command goes on from "
        "there.\n",
        result.trials.size(),
        result.planned);
  }
  return exit_code_of(result);
}

}  // namespace

void add_run_verb(CLI::App& app, Action& chosen) {
  CLI::App* const verb = app.add_subcommand(
      "run", "Train a study's network on every stack it names; print accuracy and time");
  auto arguments = std::make_shared<RunArguments>();
  verb->add_option("study", arguments->study, "The study file (docs/study_file.md)")->required();
  verb->add_option("--results", arguments->results, "The results file [<study>.results.sqlite]");
  verb->add_option("--data-dir", arguments->data_dir, "A folder to look for data sets in");
  verb->add_option("--stacks", arguments->stacks, "Only these of the study's stacks, as a,b")
      ->delimiter(',');
  verb->add_option("--seeds", arguments->seeds, "Seeds 0 to N-1 instead of the study's")
      ->check(CLI::Range(1, 100000));
  verb->add_option("--threads", arguments->threads, "Cores and threads for every stack [all]")
      ->check(CLI::Range(1, 4096));
  verb->add_flag("--controlled",
                 arguments->controlled,
                 "Inject weights, order and masks, so that only arithmetic differs");
  verb->add_flag("--retry",
                 arguments->retry,
                 "Run again what failed; trained, diverged and unsupported are final");
  verb->add_flag("--dry-run", arguments->dry_run, "Print the plan and run nothing");
  verb->add_flag("--json", arguments->json, "Print one JSON document (docs/results.md)");
  verb->add_flag("--quiet", arguments->quiet, "No progress");
  verb->footer(
      "Results are kept trial by trial; the same command goes on where it was stopped.\n"
      "Example: plumbline run studies/quickstart.toml --stacks native,pytorch");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace plumbline
