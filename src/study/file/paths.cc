#include "study/file/paths.h"

#include <algorithm>

namespace plumbline {
namespace {

constexpr std::size_t kMaxNameLength = 64;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

bool is_plain_name(const std::string& text) {
  return !text.empty() && text.size() <= kMaxNameLength && is_alphanumeric(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
         });
}

std::filesystem::path resolved_path(const TomlValue& value, const std::filesystem::path& folder) {
  const std::string text = value.text("a path");
  if (text.starts_with('~')) {
    value.fail(
        "A study file does not expand '~': write the whole path, or one relative to the study "
        "file.");
  }
  return (folder / text).lexically_normal();
}

}  // namespace plumbline
