#include "data/format/npy_header.h"

#include <fmt/format.h>

#include <charconv>

#include "base/error.h"

namespace plumbline {
namespace {

// Reads just the literals that numpy writes there: strings, True and False, tuples of whole
// numbers.
class LiteralParser {
 public:
  LiteralParser(std::string_view text, const std::string& name) : rest_(text), name_(name) {}

  NpyHeader parse() {
    NpyHeader header;
    bool has_type = false;
    bool has_order = false;
    bool has_shape = false;
    expect('{');
    while (!take('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr" && !has_type) {
        has_type = true;
        set_type(header, type_string());
      } else if (key == "fortran_order" && !has_order) {
        has_order = true;
        header.fortran_order = boolean();
      } else if (key == "shape" && !has_shape) {
        has_shape = true;
        header.shape = tuple();
      } else {
        fail("it has an unknown or repeated key");
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (!rest_.empty() || !has_type || !has_order || !has_shape) {
      fail("it is not a dictionary of descr, fortran_order and shape");
    }
    return header;
  }

 private:
  [[noreturn]] void fail(std::string_view reason) const {
    throw EnvironmentError(
        fmt::format("{} has a .npy header that cannot be read: {}.", name_, reason));
  }

  void skip_space() {
    while (!rest_.empty() &&
           (rest_.front() == ' ' || rest_.front() == '\n' || rest_.front() == '\t')) {
      rest_.remove_prefix(1);
    }
  }

  bool take(char wanted) {
    skip_space();
    if (rest_.empty() || rest_.front() != wanted) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) {
    if (!take(wanted)) {
      fail(fmt::format("there is no '{}' where one belongs", wanted));
    }
  }

  std::string_view string() {
    const char quote = take('\'') ? '\'' : '"';
    if (quote == '"') {
      expect('"');
    }
    const std::size_t end = rest_.find(quote);
    if (end == std::string_view::npos) {
      fail("a string does not end");
    }
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }

  std::string_view type_string() {
    skip_space();
    if (!rest_.empty() && rest_.front() == '[') {
      throw EnvironmentError(fmt::format(
          "{} has a structured type. Store one plain array of numbers instead.", name_));
    }
    return string();
  }

  bool boolean() {
    skip_space();
    for (const std::string_view word : {"True", "False"}) {
      if (rest_.starts_with(word)) {
        rest_.remove_prefix(word.size());
        return word == "True";
      }
    }
    fail("fortran_order is neither True nor False");
  }

  Shape tuple() {
    Shape shape;
    expect('(');
    while (!take(')')) {
      skip_space();
      std::int64_t extent = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
      if (error != std::errc() || extent < 0) {
        fail("its shape is not a tuple of whole numbers");
      }
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      shape.push_back(extent);
      if (!take(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }

  void set_type(NpyHeader& header, std::string_view type) const {
    if (type.size() == 3 && std::string_view("<>|").find(type[0]) != std::string_view::npos) {
      header.byte_order = type[0];
      header.kind = type[1];
      header.width = type[2] - '0';
      const std::string_view sized = type.substr(1);
      for (const std::string_view known :
           {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"}) {
        if (sized == known && (header.byte_order != '|' || header.width == 1)) {
          return;
        }
      }
    }
    throw EnvironmentError(
        fmt::format("{} has the type '{}'. Data must be whole numbers of 1 to 8 bytes, or float16, "
                    "float32 or float64.",
                    name_,
                    type));
  }

  std::string_view rest_;
  const std::string& name_;
};

}  // namespace

NpyHeader parse_npy_header(std::string_view text, const std::string& name) {
  return LiteralParser(text, name).parse();
}

}  // namespace plumbline
