#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/model/study_results.h"

namespace plumbline {

// Where results come from: the machine of each run, what did not train, how to do it again.

// One machine or time that trials were made on: facts in the order of reading, "Processor" ->
// "Intel(R) Xeon(R)".
struct MachineReport {
  std::size_t trials = 0;
  std::vector<std::pair<std::string, std::string>> facts;
};
[[nodiscard]] std::vector<MachineReport> machines_of(const StudyResults& results);

// Trials of one stack on one data set that ended in the same way for the same reason.
struct FailureReport {
  std::string data;
  std::string stack;
  std::string outcome;
  std::string reason;
  std::vector<std::uint64_t> seeds;
  TrialLog log;  // the ends of the first of them
};
inline constexpr std::size_t kMostFailures = 100;
inline constexpr std::size_t kMostLogBytes = 4096;
[[nodiscard]] std::vector<FailureReport> failures_of(const StudyResults& results,
                                                     const ResultsReader& reader);
// "0 to 4, 7"
[[nodiscard]] std::string seeds_text(const std::vector<std::uint64_t>& seeds);

// The command lines that make these results anew.
[[nodiscard]] std::vector<std::string> commands_of(const StudyResults& results);

}  // namespace plumbline
