#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "store/results_reader.h"
#include "study/study.h"

namespace plumbline {

// What a results file holds of one study in one mode: the trials that `run` would not run again.
struct StudyResults {
  std::string name;
  std::string question;    // empty where the study's text cannot be read
  std::string study_text;  // as it was when the newest of the trials ran, or the given study's
  std::optional<Study> study;
  std::string mode;
  int threads = 0;
  std::vector<std::string> data;     // the study's, in its order
  std::vector<std::string> stacks;   // the study's, in its order
  std::vector<std::uint64_t> seeds;  // the study's, then others that were run, ascending
  std::vector<StoredTrial> trials;   // the newest of each data set, stack and seed
  std::vector<StoredRun> runs;       // that made them, oldest first
  std::vector<std::string> remarks;  // sentences: what was left out, and why
};

struct ResultsChoice {
  std::optional<Study> study;       // absent: the study of the newest trial
  std::optional<std::string> mode;  // absent: the newest trial's
  std::filesystem::path file;       // names the study, and its folder, where no study is given
};

// Keeps what belongs together: trials with the mode, threads and processor of the newest, trained
// as the study now says, and for each stack with the package versions of its newest. Any content
// is safe; a study text that cannot be read leaves the order of the trials.
[[nodiscard]] StudyResults select_results(const std::vector<StoredRun>& runs,
                                          std::vector<StoredTrial> trials,
                                          const ResultsChoice& choice);

}  // namespace plumbline
