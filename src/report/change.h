#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "report/model/study_results.h"
#include "stats/comparison.h"

namespace plumbline {

// What became of one stack on one data set between two results files of a study, "then" and "now":
// other versions, another Plumbline, another machine.
struct Change {
  std::string data;
  std::string stack;
  std::string versions;                 // "torch 2.12.0 -> 2.13.0"; empty: the same
  std::string trained;                  // "5 of 5, 4 of 5"
  std::optional<double> accuracy_then;  // means, shares
  std::optional<double> accuracy_now;
  std::optional<Interval> accuracy_interval;  // of now minus then, seed by seed
  PairVerdict accuracy_verdict = PairVerdict::Undecided;
  // Of geometric means, now over then. The two were not measured side by side, so a drift of the
  // machine looks like a change: only a ratio that is beyond the tolerance with its whole interval
  // is called better or worse.
  std::optional<double> time_ratio;
  std::optional<Interval> time_interval;
  PairVerdict time_verdict = PairVerdict::Undecided;
};

struct ChangeReport {
  std::string other;                     // the other file's name, without its folder
  std::vector<Change> changes;           // of what both files have
  std::vector<std::string> regressions;  // sentences; empty: nothing got worse
  std::vector<std::string> summary;      // sentences for a person, the regressions among them
};

// The time tolerance where the study names no time_margin_percent.
inline constexpr double kTimeTolerance = 0.05;

// Compares with the trials of `other` that were trained as the study of `now` says, in its mode.
// All intervals of an endpoint hold together at the study's confidence (Bonferroni). A regression
// is: less accurate, slower, or a stack that trained and does so no more or significantly more
// seldom. Throws EnvironmentError for a file that cannot be read.
[[nodiscard]] ChangeReport changes_against(const std::filesystem::path& other,
                                           const StudyResults& now,
                                           const ResultsReader& now_reader);

}  // namespace plumbline
