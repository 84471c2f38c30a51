#include "report/change.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "comparison/trial_table.h"
#include "stats/mean/mean_estimate.h"

namespace plumbline {

namespace {

// Cores' worth of others' work from which a trial counts as measured on a loaded machine.
constexpr double kLoadedCores = 0.2;

// One side of the comparison of one stack on one data set.
struct Side {
  std::vector<const StoredTrial*> trials;
  std::vector<double> log_seconds;  // of trials on a quiet machine
  std::size_t trained = 0;
  std::map<std::string, std::string> versions;
};

Side side_of(const StudyResults& results, const std::string& data, const std::string& stack) {
  Side side;
  for (const StoredTrial& trial : results.trials) {
    const TrialRecord& record = trial.record;
    if (record.data != data || record.stack != stack || record.outcome == Outcome::Unsupported) {
      continue;
    }
    side.trials.push_back(&trial);
    if (!record.versions.empty()) {
      side.versions = record.versions;
    }
    if (record.outcome == Outcome::Trained) {
      ++side.trained;
      const double seconds = headline_seconds(record);
      if (seconds > 0 && record.other_load <= kLoadedCores) {
        side.log_seconds.push_back(std::log(seconds));
      }
    }
  }
  return side;
}

std::string versions_text(const Side& then, const Side& now) {
  std::string text;
  for (const auto& [package, version] : now.versions) {
    const auto before = then.versions.find(package);
    if (before == then.versions.end() || before->second != version) {
      text += fmt::format("{}{} {} -> {}",
                          text.empty() ? "" : ", ",
                          package,
                          before == then.versions.end() ? "none" : before->second,
                          version);
    }
  }
  return text;
}

// Now and then as two stacks of one table, so that the same statistics judge them.
Comparison compare_sides(const Side& now,
                         const ResultsReader& now_reader,
                         const Side& then,
                         const ResultsReader& then_reader,
                         const ComparisonSettings& settings) {
  const std::string data = now.trials.front()->record.data;
  TrialTable table(data, {"now", "then"});
  const auto add = [&](const Side& side, const ResultsReader& reader, const char* name) {
    for (const StoredTrial* const trial : side.trials) {
      TrialRecord record = trial->record;
      record.stack = name;
      auto prediction = reader.prediction(trial->id, record.test_images);
      table.add(
          record, 0, prediction ? std::move(prediction->correct) : std::vector<std::uint8_t>());
    }
  };
  add(now, now_reader, "now");
  add(then, then_reader, "then");
  return table.compare(settings);
}

std::optional<double> mean_accuracy(const StackStanding& standing) {
  return standing.accuracy.count > 0 ? std::optional(standing.accuracy.mean) : std::nullopt;
}

void judge_time(const Side& now,
                const Side& then,
                const ComparisonSettings& settings,
                Change& change) {
  const std::optional<MeanEstimate> estimate = welch_estimate(now.log_seconds, then.log_seconds);
  if (!estimate) {
    return;
  }
  const auto ratios = [&](double confidence) {
    const Interval logs = t_interval(*estimate, confidence);
    return Interval{std::exp(logs.low), std::exp(logs.high), confidence};
  };
  const double tolerance = 1 + settings.time_margin.value_or(kTimeTolerance);
  change.time_ratio = std::exp(estimate->mean);
  change.time_interval = ratios(settings.confidence);
  if (change.time_interval->low > tolerance) {
    change.time_verdict = PairVerdict::Worse;
  } else if (change.time_interval->high < 1 / tolerance) {
    change.time_verdict = PairVerdict::Better;
  } else if (ratios(1 - 2 * (1 - settings.confidence)).within(1 / tolerance, tolerance)) {
    change.time_verdict = PairVerdict::Equivalent;
  }
}

std::string place_of(const Change& change) {
  return fmt::format("{} on {}", change.stack, change.data);
}

class ChangeFinder {
 public:
  ChangeFinder(const StudyResults& now,
               const ResultsReader& now_reader,
               const StudyResults& then,
               const ResultsReader& then_reader)
      : now_(now), now_reader_(now_reader), then_(then), then_reader_(then_reader) {}

  ChangeReport find() {
    const std::vector<Change> places = common_places();
    ComparisonSettings settings = comparison_settings(
        now_.study ? now_.study->comparison : ComparisonRules(), {}, Looks::Once);
    const auto pairs = static_cast<double>(std::max<std::size_t>(places.size(), 1));
    settings.confidence = 1 - (1 - settings.confidence) / pairs;
    for (const Change& place : places) {
      add_change(place, settings);
    }
    summarise_changes();
    return std::move(report_);
  }

 private:
  // What both files have trials of.
  [[nodiscard]] std::vector<Change> common_places() const {
    std::vector<Change> places;
    for (const std::string& data : now_.data) {
      for (const std::string& stack : now_.stacks) {
        if (!side_of(now_, data, stack).trials.empty() &&
            !side_of(then_, data, stack).trials.empty()) {
          Change place;
          place.data = data;
          place.stack = stack;
          places.push_back(std::move(place));
        }
      }
    }
    return places;
  }

  void add_change(Change change, const ComparisonSettings& settings) {
    const Side now = side_of(now_, change.data, change.stack);
    const Side then = side_of(then_, change.data, change.stack);
    const Comparison comparison = compare_sides(now, now_reader_, then, then_reader_, settings);
    const PairComparison& pair = comparison.pairs.front();
    change.versions = versions_text(then, now);
    change.trained = fmt::format(
        "{} of {}, {} of {}", then.trained, then.trials.size(), now.trained, now.trials.size());
    change.accuracy_now = mean_accuracy(comparison.stacks[0]);
    change.accuracy_then = mean_accuracy(comparison.stacks[1]);
    change.accuracy_interval = pair.accuracy.interval;
    change.accuracy_verdict = pair.accuracy.verdict;
    if (is_same_machine()) {
      judge_time(now, then, settings, change);
    }
    add_regressions(change, pair, then.trained > 0 && now.trained == 0);
    report_.changes.push_back(std::move(change));
  }

  void add_regressions(const Change& change, const PairComparison& pair, bool trains_no_more) {
    const std::string why =
        change.versions.empty() ? "" : fmt::format(" Other versions: {}.", change.versions);
    if (change.accuracy_verdict == PairVerdict::Worse) {
      report_.regressions.push_back(fmt::format("{} is less accurate: {:.2f}%, {:.2f}% before.{}",
                                                place_of(change),
                                                100 * change.accuracy_now.value_or(0),
                                                100 * change.accuracy_then.value_or(0),
                                                why));
    }
    if (change.time_verdict == PairVerdict::Worse) {
      report_.regressions.push_back(fmt::format("{} is slower: {:.2f} times the time before.{}",
                                                place_of(change),
                                                change.time_ratio.value_or(0),
                                                why));
    }
    if (trains_no_more || pair.failures.verdict == PairVerdict::Worse) {
      report_.regressions.push_back(fmt::format(
          "{} trains more seldom: {} (then, now).{}", place_of(change), change.trained, why));
    }
  }

  [[nodiscard]] bool is_same_machine() const {
    return now_.threads == then_.threads && now_.processor == then_.processor;
  }

  void summarise_changes() {
    report_.summary = report_.regressions;
    if (report_.changes.empty()) {
      report_.summary.emplace_back(
          "The two results files have no stack and data set in common that "
          "were trained alike, so nothing was compared.");
    } else if (report_.regressions.empty()) {
      std::size_t undecided = 0;
      for (const Change& change : report_.changes) {
        undecided += change.accuracy_verdict == PairVerdict::Undecided ? 1 : 0;
      }
      report_.summary.push_back(fmt::format(
          "Nothing was shown to have got worse; of {} comparisons of accuracy {} {} undecided.",
          report_.changes.size(),
          undecided,
          undecided == 1 ? "is" : "are"));
    }
    if (!is_same_machine() && !report_.changes.empty()) {
      report_.summary.emplace_back(
          "The processor or the number of threads differs, so times were not compared.");
    }
    for (const std::string& remark : then_.remarks) {
      report_.summary.push_back("In the other file: " + remark);
    }
  }

  const StudyResults& now_;
  const ResultsReader& now_reader_;
  const StudyResults& then_;
  const ResultsReader& then_reader_;
  ChangeReport report_;
};

}  // namespace

ChangeReport changes_against(const std::filesystem::path& other,
                             const StudyResults& now,
                             const ResultsReader& now_reader) {
  const ResultsReader then_reader(other);
  const StudyResults then =
      select_results(then_reader.runs(), then_reader.trials(), {now.study, now.mode, other});
  ChangeReport report = ChangeFinder(now, now_reader, then, then_reader).find();
  report.other = other.filename().string();
  return report;
}

}  // namespace plumbline
