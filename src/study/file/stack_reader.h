#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "study/file/recipe_reader.h"
#include "study/file/toml_reader.h"
#include "study/study.h"

namespace plumbline {

// Reads `stacks` and the tables [stack.NAME] of the study's top table, and [recipe] with each
// stack's changes laid over it.
[[nodiscard]] std::vector<StackChoice> read_stacks(const TomlTable& study,
                                                   const RecipeSurroundings& surroundings,
                                                   const std::vector<std::string>& known_stacks);

}  // namespace plumbline
