#pragma once

#include <filesystem>
#include <vector>

#include "study/file/toml_reader.h"
#include "study/study.h"

namespace plumbline {

// Reads `data`: names of known sets, paths (resolved against `folder`), or tables { name, path,
// label_column }.
[[nodiscard]] std::vector<DataSource> read_data(const TomlValue& value,
                                                const std::filesystem::path& folder,
                                                const std::vector<std::string>& known_sets);

}  // namespace plumbline
