#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace plumbline {

// A place in a text: line and column from 1, columns in code points. Line 0: no place is known.
struct Position {
  std::size_t line = 0;
  std::size_t column = 0;
};

// A text with a name, and messages that point into it:
//
//   studies/a.toml:12:18: A conv2d layer has no key 'kernal'. Did you mean 'kernel'?
//      12 |   { conv2d = 32, kernal = 5 },
//         |                  ^
class SourceText {
 public:
  SourceText(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  // Throws UsageError with the message as above.
  [[noreturn]] void fail(Position position, std::string_view message) const;

 private:
  [[nodiscard]] std::string_view line(std::size_t number) const;
  std::string name_;
  std::string text_;
};

// What a file says, fit for one line of a message: control characters and what is not UTF-8 become
// '?', and what passes `most` columns is cut.
[[nodiscard]] std::string printable(std::string_view text, std::size_t most);
// The same between single quotes, cut at 60 columns.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace plumbline
