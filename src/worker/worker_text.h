#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace plumbline {

enum class Keep { Start, End };

// Text from a worker as it may be stored and shown: valid UTF-8, without control characters but
// newline and tab, and at most about `max_bytes` long, of which `keep` says which end stays.
[[nodiscard]] std::string clean_text(std::string_view text, std::size_t max_bytes, Keep keep);

// The last lines of a log, clean; empty if there is none.
[[nodiscard]] std::string log_end(const std::filesystem::path& log);
// The last line of `text` that is not blank.
[[nodiscard]] std::string last_line(std::string_view text);

}  // namespace plumbline
