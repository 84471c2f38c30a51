#include "report/model/study_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/error.h"
#include "study/wire.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

template <typename Value>
bool contains(const std::vector<Value>& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

template <typename Value>
void add_once(std::vector<Value>& values, const Value& value) {
  if (!contains(values, value)) {
    values.push_back(value);
  }
}

std::optional<Study> parsed(const std::string& text, const fs::path& file) {
  try {
    return parse_study(text, file);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string processor_of(const StoredRun& run) {
  const nlohmann::json machine = nlohmann::json::parse(run.record.machine, nullptr, false);
  return machine.is_object() && machine.contains("processor") && machine["processor"].is_string()
             ? machine["processor"].get<std::string>()
             : "";
}

// What the study says of how a stack trains; equal texts mean equal training.
std::string training_of(const Study& study, const std::string& stack) {
  for (const StackChoice& choice : study.stacks) {
    if (choice.name == stack) {
      const auto* const checkpoint = std::get_if<Checkpoint>(&choice.recipe.weights);
      return fmt::format("{} {} {} {} {}",
                         to_wire(study.network).dump(),
                         to_wire(choice.recipe).dump(),
                         choice.recipe.training_images.value_or(-1),
                         checkpoint == nullptr ? "" : checkpoint->path,
                         choice.device == Device::Cuda ? "cuda" : "cpu");
    }
  }
  return "";
}

// Why a trial does not belong to the report, to follow "Left out: 3 trials"; empty where it does.
using Reason = std::string;

class Selection {
 public:
  Selection(const std::vector<StoredRun>& runs, const ResultsChoice& choice) : choice_(choice) {
    for (const StoredRun& run : runs) {
      runs_.emplace(run.id, run);
    }
  }

  StudyResults select(std::vector<StoredTrial> trials) {
    results_.name = choice_.study ? choice_.study->name : study_name();
    keep_mode(trials);
    adopt_study();
    if (!trials.empty()) {
      reference_ = run_of(trials.back());
      results_.threads = reference_.record.threads;
    }
    keep_if(trials, [this](const StoredTrial& trial) { return reason_against(trial); });
    keep_newest_versions(trials);
    keep_newest_of_each_cell(trials);
    add_seeds_and_runs(trials);
    results_.trials = std::move(trials);
    tell_what_was_left_out();
    return std::move(results_);
  }

 private:
  // "quickstart" for quickstart.results.sqlite.
  [[nodiscard]] std::string study_name() const {
    const std::string name = choice_.file.filename().string();
    return name.substr(0, name.find('.'));
  }

  [[nodiscard]] StoredRun run_of(const StoredTrial& trial) const {
    const auto run = runs_.find(trial.run_id);
    return run == runs_.end() ? StoredRun{} : run->second;
  }

  void keep_mode(std::vector<StoredTrial>& trials) {
    results_.mode =
        choice_.mode.value_or(trials.empty() ? "as-shipped" : trials.back().record.mode);
    keep_if(trials, [this](const StoredTrial& trial) -> Reason {
      return trial.record.mode == results_.mode ? "" : "of mode " + trial.record.mode;
    });
    newest_run_ = trials.empty() ? (runs_.empty() ? StoredRun{} : runs_.rbegin()->second)
                                 : run_of(trials.back());
    if (trials.empty()) {
      results_.threads = newest_run_.record.threads;
    }
    for (const StoredTrial& trial : trials) {
      add_once(results_.data, trial.record.data);
      add_once(results_.stacks, trial.record.stack);
    }
  }

  void adopt_study() {
    const fs::path file = choice_.file.parent_path() / (results_.name + ".toml");
    results_.study_text = choice_.study ? choice_.study->text : newest_run_.record.study_text;
    results_.study = choice_.study ? choice_.study : parsed(results_.study_text, file);
    if (!results_.study) {
      if (!results_.study_text.empty()) {
        results_.remarks.emplace_back(
            "The study's text cannot be read by this version of Plumbline; data sets and stacks "
            "stand in the order in which they were run.");
      }
      return;
    }
    results_.question = results_.study->question;
    results_.seeds = results_.study->seeds;
    results_.data.clear();
    results_.stacks.clear();
    for (const DataSource& source : results_.study->data) {
      results_.data.push_back(source.name);
    }
    for (const StackChoice& stack : results_.study->stacks) {
      results_.stacks.push_back(stack.name);
    }
  }

  [[nodiscard]] Reason reason_against(const StoredTrial& trial) {
    const StoredRun run = run_of(trial);
    if (!contains(results_.stacks, trial.record.stack) ||
        !contains(results_.data, trial.record.data)) {
      return "of stacks or data sets that the study does not name";
    }
    if (run.record.threads != reference_.record.threads) {
      return fmt::format("with {} threads", run.record.threads);
    }
    if (processor_of(run) != processor_of(reference_)) {
      return fmt::format("on another processor, {}", processor_of(run));
    }
    if (results_.study &&
        training_in(run, trial.record.stack) != training_of(*results_.study, trial.record.stack)) {
      return "that were trained as another form of the study says";
    }
    return "";
  }

  // A run whose text cannot be read is taken to have trained as the study says.
  [[nodiscard]] std::string training_in(const StoredRun& run, const std::string& stack) {
    auto study = studies_.find(run.record.study_text);
    if (study == studies_.end()) {
      const fs::path file = choice_.study ? choice_.study->file
                                          : choice_.file.parent_path() / (results_.name + ".toml");
      study = studies_.emplace(run.record.study_text, parsed(run.record.study_text, file)).first;
    }
    return training_of(study->second ? *study->second : *results_.study, stack);
  }

  void keep_newest_versions(std::vector<StoredTrial>& trials) {
    std::map<std::string, std::map<std::string, std::string>> newest;
    for (const StoredTrial& trial : trials) {
      if (!trial.record.versions.empty()) {
        newest[trial.record.stack] = trial.record.versions;
      }
    }
    keep_if(trials, [&newest](const StoredTrial& trial) -> Reason {
      const TrialRecord& record = trial.record;
      return record.versions.empty() || record.versions == newest[record.stack]
                 ? ""
                 : fmt::format("of {} with other versions of its packages", record.stack);
    });
  }

  static void keep_newest_of_each_cell(std::vector<StoredTrial>& trials) {
    const auto cell = [](const StoredTrial& trial) {
      return std::tuple(trial.record.data, trial.record.stack, trial.record.seed);
    };
    std::map<decltype(cell(trials.front())), std::int64_t> newest;
    for (const StoredTrial& trial : trials) {
      newest[cell(trial)] = trial.id;
    }
    std::erase_if(trials,
                  [&](const StoredTrial& trial) { return newest[cell(trial)] != trial.id; });
  }

  void add_seeds_and_runs(const std::vector<StoredTrial>& trials) {
    std::vector<std::uint64_t> others;
    std::vector<std::int64_t> run_ids;
    for (const StoredTrial& trial : trials) {
      if (!contains(results_.seeds, trial.record.seed)) {
        add_once(others, trial.record.seed);
      }
      add_once(run_ids, trial.run_id);
    }
    std::sort(others.begin(), others.end());
    results_.seeds.insert(results_.seeds.end(), others.begin(), others.end());
    for (const auto& [id, run] : runs_) {
      if (contains(run_ids, id)) {
        results_.runs.push_back(run);
      }
    }
  }

  template <typename ReasonAgainst>
  void keep_if(std::vector<StoredTrial>& trials, const ReasonAgainst& reason_against) {
    std::erase_if(trials, [&](const StoredTrial& trial) {
      const Reason reason = reason_against(trial);
      if (!reason.empty()) {
        ++left_out_[reason];
      }
      return !reason.empty();
    });
  }

  void tell_what_was_left_out() {
    for (const auto& [reason, count] : left_out_) {
      results_.remarks.push_back(
          fmt::format("Left out: {} trial{} {}.", count, count == 1 ? "" : "s", reason));
    }
  }

  const ResultsChoice& choice_;
  std::map<std::int64_t, StoredRun> runs_;
  std::map<std::string, std::optional<Study>> studies_;  // by their text
  std::map<Reason, std::size_t> left_out_;
  StoredRun newest_run_;
  StoredRun reference_;
  StudyResults results_;
};

}  // namespace

StudyResults select_results(const std::vector<StoredRun>& runs,
                            std::vector<StoredTrial> trials,
                            const ResultsChoice& choice) {
  return Selection(runs, choice).select(std::move(trials));
}

}  // namespace plumbline
