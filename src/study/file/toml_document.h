#pragma once

#include <toml++/toml.h>

#include "study/file/diagnostics.h"

namespace plumbline {

inline constexpr std::size_t kMaxStudyBytes = std::size_t{1} << 20;

// Parses TOML 1.0. What is not TOML ends in a message at its place; any text is safe.
[[nodiscard]] toml::table parse_toml(const SourceText& source);

}  // namespace plumbline
