#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/trial_record.h"

namespace plumbline {

// The results of a study: one SQLite file with a rollback journal, full sync and one writer. A
// trial is written in one transaction, so a reader and a crash see it whole or not at all. Not
// thread-safe.
class ResultsFile {
 public:
  enum class Access { Read, Write };

  // Write makes the file if there is none and holds it against a second writer until destruction.
  // Throws EnvironmentError: not a results file, damaged, of a newer version, read-only, in use.
  ResultsFile(const std::filesystem::path& path, Access access);
  ~ResultsFile();
  ResultsFile(const ResultsFile&) = delete;
  ResultsFile& operator=(const ResultsFile&) = delete;

  std::int64_t begin_run(const RunRecord& run);
  void end_run(std::int64_t run_id, const std::string& ended_at);
  // Supersedes what stood under the same key.
  void add_trial(std::int64_t run_id, const TrialRecord& trial);

  // The trial that stands under a key, if any.
  [[nodiscard]] std::optional<StoredTrial> find_trial(const std::string& key) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plumbline
