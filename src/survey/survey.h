#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "stack/manifest.h"
#include "study/study.h"

namespace plumbline {

struct SurveyOptions {
  std::filesystem::path results;
  std::filesystem::path community;  // the file of dated numbers
  bool retry = false;               // run again the probes that gave no answer
  int threads = 1;
};

// Runs every probe on every stack that can run here, and keeps each in the results file as it ends;
// what the file holds already is not run again. `say` gets a line a probe. Throws Error for what
// concerns the whole survey; an interrupt by the user throws after the finished probes were kept.
void run_survey(const std::vector<StackManifest>& stacks,
                const Study& study,
                const SurveyOptions& options,
                const std::function<void(const std::string&)>& say);

// The file of dated numbers that comes with Plumbline.
[[nodiscard]] std::filesystem::path community_file();

// Reads contributors and releases from local git clones into a file of dated numbers. Returns what
// was read, a line a clone. Throws UsageError for what is not such a clone.
[[nodiscard]] std::string refresh_community(const std::filesystem::path& file,
                                            const std::vector<std::filesystem::path>& clones);

}  // namespace plumbline
