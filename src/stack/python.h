#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace plumbline {

// An interpreter of this machine.
struct Python {
  std::filesystem::path path;
  std::string version;  // "3.11.2"
};

// True when `version` ("3.11.2") meets `specifier`, of pip's comparisons ">=", "<=", "<", ">", "=="
// (with ".*"), "!=", joined by commas (PEP 440, without its finer points).
[[nodiscard]] bool meets(const std::string& version, const std::string& specifier);

// The first interpreter that meets the specifier: python3, then python3.X of PATH, then those that
// pyenv holds. Not thread-safe: remembers what it asked.
[[nodiscard]] std::optional<Python> find_python(const std::string& specifier);

}  // namespace plumbline
