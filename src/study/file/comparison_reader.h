#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "study/file/toml_reader.h"
#include "study/study.h"

namespace plumbline {

// Reads the table [comparison] of the study's top table, if there is one.
[[nodiscard]] ComparisonRules read_comparison(const TomlTable& study,
                                              const std::vector<StackChoice>& stacks,
                                              std::size_t seeds);

}  // namespace plumbline
