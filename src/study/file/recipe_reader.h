#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "study/file/toml_reader.h"
#include "study/recipe.h"

namespace plumbline {

// What a recipe refers to: the study's folder and the names of the network's parameters.
struct RecipeSurroundings {
  std::filesystem::path folder;
  std::vector<std::string> parameters;
};

// Reads a recipe's table (docs/study_file.md).
[[nodiscard]] Recipe read_recipe(const TomlTable& table, const RecipeSurroundings& surroundings);

// The keys of `changes` replace those of `table`. Epochs and steps replace each other.
[[nodiscard]] TomlTable overlaid_recipe(TomlTable table, const TomlTable& changes);

}  // namespace plumbline
