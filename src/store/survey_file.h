#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/survey_record.h"

namespace plumbline {

// The survey's part of a results file, for the one who writes it. Each evidence is written with its
// cells in one transaction. Not thread-safe.
class SurveyFile {
 public:
  // Makes the file and its tables where there are none, and holds the file against a second writer
  // until destruction. Throws EnvironmentError as ResultsFile does.
  explicit SurveyFile(const std::filesystem::path& path);
  ~SurveyFile();
  SurveyFile(const SurveyFile&) = delete;
  SurveyFile& operator=(const SurveyFile&) = delete;

  // Supersedes what the same probe has told of the same stack.
  void add(const SurveyEvidence& evidence);
  // The standing evidence with this key, without its cells.
  [[nodiscard]] std::optional<SurveyEvidence> find(const std::string& key) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The evidence that stands in a results file, with its cells, in the order it was measured; nothing
// where the file has no survey. Texts are valid UTF-8. Throws EnvironmentError for what is not a
// results file, is damaged or of a newer version.
[[nodiscard]] std::vector<SurveyEvidence> read_survey(const std::filesystem::path& path);

}  // namespace plumbline
