#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/trial_record.h"

namespace plumbline {

// One row of the table `run`.
struct StoredRun {
  std::int64_t id = 0;
  RunRecord record;
  std::string plumbline_version;
  std::string ended_at;  // empty: the run was killed, or is still going on
};

struct CurvePoint {
  std::int64_t step = 0;
  std::optional<double> loss;  // absent where it was not finite
};

struct StoredPrediction {
  std::vector<std::uint8_t> correct;           // one bit an image, as in TrialRecord
  std::vector<std::uint16_t> predicted_class;  // one an image
};

struct TrialLog {
  std::string detail;
  std::string standard_output;
  std::string standard_error;
};

// Reads all that a results file holds, for those who look at results. Every text comes back as
// valid UTF-8 without control characters, and what no trial can have is refused. Every call throws
// EnvironmentError for a file that is damaged, of a newer version or not a results file. Not
// thread-safe.
class ResultsReader {
 public:
  explicit ResultsReader(const std::filesystem::path& path);
  ~ResultsReader();
  ResultsReader(const ResultsReader&) = delete;
  ResultsReader& operator=(const ResultsReader&) = delete;

  // Oldest first.
  [[nodiscard]] std::vector<StoredRun> runs() const;
  // The trials that stand, oldest first, with phases, settings and versions.
  [[nodiscard]] std::vector<StoredTrial> trials() const;

  // The details of one trial by its id; empty where there are none.
  [[nodiscard]] std::vector<CurvePoint> curve(std::int64_t trial_id) const;
  // Absent too where its sizes do not fit `test_images`.
  [[nodiscard]] std::optional<StoredPrediction> prediction(std::int64_t trial_id,
                                                           std::int64_t test_images) const;
  // The end of each text, at most so many bytes.
  [[nodiscard]] TrialLog log(std::int64_t trial_id, std::size_t most_bytes) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plumbline
