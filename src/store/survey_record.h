#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace plumbline {

// The answer to one question of the survey.
struct SurveyCell {
  std::string question;
  std::string value;   // JSON, for programs; "null" where there is no answer
  std::string text;    // for people; empty where there is no answer
  std::string reason;  // a sentence why there is none
};

// One run of a probe on one stack: the evidence behind its cells.
struct SurveyEvidence {
  std::int64_t id = 0;  // in the results file
  std::string key;      // SHA-256 of all that determines the answer
  std::string stack;
  std::string probe;               // "mistakes/nan_input"
  std::string command;             // as for a shell
  std::string script;              // what was run, as text
  std::string output;              // what that printed; its start and its end
  std::optional<int> exit_status;  // absent: it was killed
  std::string reason;              // a sentence why the probe gave no answer; empty when it did
  std::string versions;            // JSON: package -> version
  bool network_isolated = false;
  double wall_seconds = 0;
  std::string measured_at;  // UTC
  std::vector<SurveyCell> cells;
};

}  // namespace plumbline
