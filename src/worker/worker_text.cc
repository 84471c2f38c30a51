#include "worker/worker_text.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

namespace plumbline {

namespace {

constexpr std::size_t kLogEndBytes = 16384;

bool may_be_shown(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || c == '\n' || c == '\t';
}

// What is not UTF-8 becomes U+FFFD. The JSON writer has the only such repair among our libraries.
std::string valid_utf8(std::string_view text) {
  using nlohmann::json;
  const std::string quoted = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(quoted).get<std::string>();
}

bool continues_character(char c) {
  return (c & '\xc0') == '\x80';
}

// `text` from or up to a place where a character begins.
std::string_view cut_text(std::string_view text, std::size_t max_bytes, Keep keep) {
  std::size_t at = keep == Keep::Start ? max_bytes : text.size() - max_bytes;
  while (at > 0 && at < text.size() && continues_character(text[at])) {
    at = keep == Keep::Start ? at - 1 : at + 1;
  }
  return keep == Keep::Start ? text.substr(0, at) : text.substr(at);
}

}  // namespace

std::string clean_text(std::string_view text, std::size_t max_bytes, Keep keep) {
  const bool cut = text.size() > max_bytes;
  if (cut) {
    text = cut_text(text, max_bytes, keep);
  }
  std::string clean;
  for (const char c : text) {
    if (c != '\r') {
      clean += may_be_shown(c) ? c : ' ';
    }
  }
  if (cut) {
    clean.insert(keep == Keep::Start ? clean.size() : 0, "...");
  }
  return valid_utf8(clean);
}

std::string log_end(const std::filesystem::path& log) {
  std::ifstream file(log, std::ios::binary | std::ios::ate);
  if (!file) {
    return "";
  }
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(file.tellg(), 0));
  std::string text(std::min(size, kLogEndBytes), '\0');
  file.seekg(static_cast<std::streamoff>(size - text.size()));
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return clean_text(text, kLogEndBytes, Keep::End);
}

std::string last_line(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\n");
  if (end == std::string_view::npos) {
    return "";
  }
  text = text.substr(0, end + 1);
  const std::size_t line_break = text.find_last_of('\n');
  const std::string_view line =
      line_break == std::string_view::npos ? text : text.substr(line_break + 1);
  return std::string(line.substr(std::min(line.find_first_not_of(" \t"), line.size())));
}

}  // namespace plumbline
