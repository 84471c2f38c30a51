#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "process/child.h"
#include "worker/session.h"

namespace plumbline {

// The phases of a trial in order; their sum and `residual` make the wall time. `inspect` is
// Plumbline reading the weights before and after training; `residual` is what lies between the
// requests, and the worker's end.
inline constexpr const char* kPhases[] = {
    "import", "load", "build", "compile", "train", "predict", "inspect", "residual"};
// The paper's time is the sum of these.
inline constexpr const char* kHeadlinePhases[] = {"load", "build", "compile", "train", "predict"};

// One row of the results file: everything that is kept of a trial. A plain value.
struct TrialRecord {
  std::string key;
  std::string data;
  std::string stack;
  std::string device;
  std::uint64_t seed = 0;
  std::string mode;  // "as-shipped" or "controlled"
  Outcome outcome = Outcome::Failed;
  std::string reason;
  std::string detail;
  std::int64_t steps = 0;
  std::optional<double> final_loss;  // absent: none, or not finite
  std::optional<double> accuracy;    // share of the test images, 0..1
  std::int64_t test_images = 0;
  double wall_seconds = 0;
  ResourceUse use;
  double other_load = 0;  // cores' worth of work that others did on this machine meanwhile
  bool network_isolated = false;
  bool pid_isolated = false;
  std::string standard_output;
  std::string standard_error;
  std::string started_at;
  std::string ended_at;
  std::map<std::string, double> phases;
  std::vector<std::pair<std::int64_t, double>> curve;  // step, loss (may be NaN)
  std::map<std::string, std::string> settings;         // values as JSON text
  std::map<std::string, std::string> versions;
  std::vector<std::uint8_t>
      correct;  // one bit a test image, first image in the lowest bit of the first byte
  std::vector<std::uint16_t> predicted_class;  // one a test image, or empty
};

// The sum of the headline phases.
[[nodiscard]] double headline_seconds(const TrialRecord& record);

struct RunRecord {
  std::string study_text;
  std::string mode;
  int threads = 0;
  std::string machine;  // JSON
  std::string started_at;
  bool until_settled = false;  // seeds were added as long as the results left the ranking open
};

// A trial as it is read back, with its place in the file.
struct StoredTrial {
  std::int64_t run_id = 0;
  TrialRecord record;  // without curve, logs and predictions; settings only from ResultsReader
  std::int64_t id = 0;
};

}  // namespace plumbline
