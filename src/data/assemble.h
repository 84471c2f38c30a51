#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/format/numeric_array.h"

namespace plumbline {

struct NumericSplit {
  NumericArray images;
  NumericArray labels;
};

// Checks that the arrays are one data set and makes it: as many labels as images in both splits,
// images of one shape and type, labels below `classes` (absent: the largest label plus one, at
// least two). Throws EnvironmentError.
[[nodiscard]] Dataset assemble_dataset(const std::string& name,
                                       const NumericSplit& train,
                                       const NumericSplit& test,
                                       std::optional<std::int64_t> classes,
                                       std::vector<std::filesystem::path> files);

}  // namespace plumbline
