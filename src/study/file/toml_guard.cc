#include "study/file/toml_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace plumbline {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMaxKeyDots = 16;

// An open bracket: of a header, of an array or of an inline table.
enum class Bracket { Header, Array, Table };
// What may stand next: the first character of a key or its part, the rest of it, and the same of a
// value.
enum class State { KeyStart, InKey, ValueStart, InValue };

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

class Guard {
 public:
  explicit Guard(const SourceText& source) : source_(source), text_(source.text()) {}

  void scan() {
    if (text_.starts_with(kByteOrderMark)) {
      at_ = kByteOrderMark.size();
    }
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        begin_text();
        skip_string(c);
      } else if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        take(c);
        ++at_;
      }
    }
  }

 private:
  void take(char c) {
    switch (c) {
      case ' ':
      case '\t':
      case '\r':
        return;
      case '\n':
        state_ = in(Bracket::Array) ? State::ValueStart : State::KeyStart;
        dots_ = 0;
        return;
      case '=':
        require(state_ == State::InKey);
        state_ = State::ValueStart;
        return;
      case ',':
        require(!open_.empty() && !in(Bracket::Header));
        state_ = in(Bracket::Array) ? State::ValueStart : State::KeyStart;
        dots_ = 0;
        return;
      case '[':
      case '{':
        open(c);
        return;
      case ']':
      case '}':
        close(c);
        return;
      default:
        take_plain(c);
    }
  }

  void take_plain(char c) {
    if (!is_ascii(c)) {
      fail("Characters other than ASCII stand only in quotes and in comments.");
    }
    if (c != '.' || state_ == State::ValueStart || state_ == State::InValue) {
      begin_word();
    } else if (++dots_ > kMaxKeyDots) {
      fail(fmt::format("A key has at most {} dots.", kMaxKeyDots));
    } else {
      state_ = State::KeyStart;
    }
  }

  void begin_word() {
    const bool in_key = state_ == State::KeyStart || state_ == State::InKey;
    state_ = in_key ? State::InKey : State::InValue;
  }

  void begin_text() {
    require(state_ == State::KeyStart || state_ == State::ValueStart);
    begin_word();
  }

  void open(char c) {
    if (state_ == State::ValueStart) {
      open_.push_back(c == '[' ? Bracket::Array : Bracket::Table);
    } else {
      require(c == '[' && state_ == State::KeyStart && !in(Bracket::Table));
      open_.push_back(Bracket::Header);
    }
    state_ = in(Bracket::Array) ? State::ValueStart : State::KeyStart;
    dots_ = 0;
  }

  void close(char c) {
    require(!open_.empty() && (c == '}') == in(Bracket::Table));
    open_.pop_back();
    state_ = State::InValue;
  }

  [[nodiscard]] bool in(Bracket bracket) const { return !open_.empty() && open_.back() == bracket; }

  // After a backslash, and the white space that one at a line's end takes with it, toml++ asks
  // whether the next character is white space.
  void check_escape() {
    const std::size_t next = text_.find_first_not_of(" \t\r\n", at_ + 1);
    if (next != std::string::npos && !is_ascii(text_[next])) {
      at_ = next;
      fail("A backslash, and what it joins, is followed by a character of ASCII.");
    }
  }

  // Leaves at_ behind the string. An unclosed one ends where toml++ stops reading: at the line's or
  // the text's end.
  void skip_string(char quote) {
    const std::string fence(3, quote);
    const bool long_form = text_.compare(at_, 3, fence) == 0;
    at_ += long_form ? 3 : 1;
    while (at_ < text_.size()) {
      if (text_[at_] == '\\' && quote == '"') {
        check_escape();
        at_ += 2;
      } else if (long_form ? text_.compare(at_, 3, fence) == 0 : text_[at_] == quote) {
        at_ += long_form ? 3 : 1;
        skip_inner_quotes(long_form ? quote : '\0');
        return;
      } else if (!long_form && text_[at_] == '\n') {
        return;
      } else {
        ++at_;
      }
    }
  }

  // One or two quotes before the closing fence belong to the text: """a""""" is a"".
  void skip_inner_quotes(char quote) {
    for (int more = 0; more < 2 && at_ < text_.size() && text_[at_] == quote; ++more) {
      ++at_;
    }
  }

  void require(bool holds) const {
    if (!holds) {
      fail(fmt::format("This is not TOML. {} cannot stand here.", in_quotes(text_.substr(at_, 1))));
    }
  }

  [[noreturn]] void fail(const std::string& message) const {
    const std::string_view before = std::string_view(text_).substr(0, at_);
    const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
    if (start == 0 && before.starts_with(kByteOrderMark)) {
      start = kByteOrderMark.size();
    }
    source_.fail({line, display_width(before.substr(start)) + 1}, message);
  }

  const SourceText& source_;
  const std::string& text_;
  std::size_t at_ = 0;
  State state_ = State::KeyStart;
  std::vector<Bracket> open_;
  std::size_t dots_ = 0;  // of the current key
};

}  // namespace

void guard_toml(const SourceText& source) {
  Guard(source).scan();
}

}  // namespace plumbline
