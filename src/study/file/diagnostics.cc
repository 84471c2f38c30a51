#include "study/file/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxQuotedColumns = 60;
constexpr std::size_t kMaxLineColumns = 96;
constexpr std::string_view kEllipsis = "...";

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xC2 && lead < 0xE0) {
    return 2;
  }
  if (lead >= 0xE0 && lead < 0xF0) {
    return 3;
  }
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// The C0 and C1 controls: a terminal obeys these rather than show them.
bool is_control(std::string_view point) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(point[i]); };
  return byte(0) < 0x20 || byte(0) == 0x7F ||
         (point.size() == 2 && byte(0) == 0xC2 && byte(1) < 0xA0);
}

// The code points of `text`, each as it may be shown.
std::vector<std::string_view> shown_points(std::string_view text) {
  std::vector<std::string_view> points;
  while (!text.empty()) {
    const std::size_t length = sequence_length(static_cast<unsigned char>(text.front()));
    const bool whole =
        length > 0 && length <= text.size() &&
        std::all_of(
            text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), is_continuation);
    const std::string_view point = text.substr(0, whole ? length : 1);
    points.push_back(point == "\t" ? " " : !whole || is_control(point) ? "?" : point);
    text.remove_prefix(point.size());
  }
  return points;
}

struct Excerpt {
  std::string text;
  std::size_t caret = 0;  // columns before the caret
};

// The line, or of a long one the part around the column (from 1).
Excerpt excerpt(std::string_view line, std::size_t column) {
  const auto points = shown_points(line);
  const std::size_t target = std::min(column > 0 ? column - 1 : 0, points.size());
  const bool fits = points.size() <= kMaxLineColumns;
  const std::size_t first = fits || target < kMaxLineColumns / 2 ? 0 : target - kMaxLineColumns / 2;
  const std::size_t last = std::min(points.size(), first + kMaxLineColumns);
  Excerpt result;
  if (first > 0) {
    result.text = kEllipsis;
  }
  result.caret = result.text.size() + target - first;
  for (std::size_t i = first; i < last; ++i) {
    result.text += points[i];
  }
  if (last < points.size()) {
    result.text += kEllipsis;
  }
  return result;
}

}  // namespace

std::string printable(std::string_view text, std::size_t most) {
  // No code point is longer than four bytes, so the rest cannot be shown.
  const auto points = shown_points(text.substr(0, 4 * (most + 1)));
  std::string result;
  for (std::size_t i = 0; i < std::min(points.size(), most); ++i) {
    result += points[i];
  }
  return points.size() > most ? result + std::string(kEllipsis) : result;
}

std::string in_quotes(std::string_view text) {
  return "'" + printable(text, kMaxQuotedColumns) + "'";
}

std::string_view SourceText::line(std::size_t number) const {
  std::size_t start = 0;
  for (std::size_t i = 1; i < number; ++i) {
    const std::size_t end = text_.find('\n', start);
    if (end == std::string::npos) {
      return {};
    }
    start = end + 1;
  }
  const std::size_t end = std::min(text_.find('\n', start), text_.size());
  std::string_view line = std::string_view(text_).substr(start, end - start);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  // A byte order mark is no column.
  if (number == 1 && line.starts_with("\xEF\xBB\xBF")) {
    line.remove_prefix(3);
  }
  return line;
}

void SourceText::fail(Position position, std::string_view message) const {
  if (position.line == 0) {
    throw UsageError(fmt::format("{}: {}", name_, message));
  }
  const Excerpt shown = excerpt(line(position.line), position.column);
  throw UsageError(fmt::format("{}:{}:{}: {}\n{:>5} | {}\n{:>5} | {:>{}}^",
                               name_,
                               position.line,
                               position.column,
                               message,
                               position.line,
                               shown.text,
                               "",
                               "",
                               shown.caret));
}

}  // namespace plumbline
