#pragma once

#include <filesystem>
#include <string>

#include "study/file/toml_reader.h"

namespace plumbline {

// A letter or a digit, then letters, digits, '_', '-' and '.', at most 64 in all: safe as the name
// of a folder.
[[nodiscard]] bool is_plain_name(const std::string& text);

// The value as a path, resolved against `folder` and without "." and "..". Fails for "~", which
// only a shell expands.
[[nodiscard]] std::filesystem::path resolved_path(const TomlValue& value,
                                                  const std::filesystem::path& folder);

}  // namespace plumbline
