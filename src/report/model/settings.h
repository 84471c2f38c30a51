#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/trial_record.h"

namespace plumbline {

// One thing that the stacks may differ in: a setting that they really used, or a package's version.
struct Difference {
  std::string name;
  std::vector<std::optional<std::string>> values;  // one a stack; absent where it states none
  bool differs = false;  // between two stacks that state it, or within one
};

// All names that any of the trials states, those that differ first, then by name. Texts are as
// stored, JSON strings without their quotes; a stack whose trials do not agree has all its values,
// joined by " | ".
[[nodiscard]] std::vector<Difference> compare_settings(const std::vector<StoredTrial>& trials,
                                                       const std::vector<std::string>& stacks);
[[nodiscard]] std::vector<Difference> compare_versions(const std::vector<StoredTrial>& trials,
                                                       const std::vector<std::string>& stacks);

}  // namespace plumbline
