#include "data/format/csv_rows.h"

#include <fmt/format.h>

#include <string_view>

#include "base/error.h"

namespace plumbline {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

void CsvRows::fail(const char* reason) const {
  throw EnvironmentError(fmt::format("{}, line {}: {}.", name(), row_line_, reason));
}

int CsvRows::peek() {
  if (at_ == end_) {
    at_ = 0;
    end_ = reader_.read(buffer_);
    if (end_ == 0) {
      return kEnd;
    }
  }
  return std::to_integer<int>(buffer_[at_]);
}

int CsvRows::take() {
  const int byte = peek();
  if (byte == kEnd) {
    return kEnd;
  }
  ++at_;
  line_ += byte == '\n' ? 1 : 0;
  if (byte == 0) {
    fail("it has a zero byte, so it is not a text file");
  }
  if (++row_bytes_ > kMostRowBytes) {
    fail("the row does not end within 64 MiB");
  }
  return byte;
}

// "\n", "\r\n", "\r" or the end of the stream.
bool CsvRows::take_line_end() {
  const int byte = peek();
  if (byte == '\r') {
    (void)take();
    if (peek() == '\n') {
      (void)take();
    } else {
      ++line_;
    }
    return true;
  }
  if (byte == '\n') {
    (void)take();
    return true;
  }
  return byte == kEnd;
}

std::string CsvRows::plain_field() {
  std::string text;
  for (int byte = peek(); byte != kEnd && byte != ',' && byte != '\n' && byte != '\r';
       byte = peek()) {
    if (byte == '"') {
      fail("a quote stands inside a field that does not begin with one");
    }
    text.push_back(static_cast<char>(take()));
  }
  return text;
}

std::string CsvRows::quoted_field() {
  std::string text;
  (void)take();
  for (;;) {
    const int byte = take();
    if (byte == kEnd) {
      fail("a quoted field does not end");
    }
    if (byte != '"') {
      text.push_back(static_cast<char>(byte));
    } else if (peek() == '"') {
      text.push_back(static_cast<char>(take()));
    } else {
      return text;
    }
  }
}

void CsvRows::read_row(std::vector<std::string>& fields) {
  for (;;) {
    fields.push_back(peek() == '"' ? quoted_field() : plain_field());
    if (take_line_end()) {
      return;
    }
    if (peek() != ',') {
      fail("something other than a comma follows a quoted field");
    }
    (void)take();
  }
}

bool CsvRows::next(std::vector<std::string>& fields) {
  do {
    fields.clear();
    row_line_ = line_;
    row_bytes_ = 0;
    if (peek() == kEnd) {
      return false;
    }
    read_row(fields);
    if (at_start_ && fields[0].starts_with(kByteOrderMark)) {
      fields[0].erase(0, kByteOrderMark.size());
    }
    at_start_ = false;
  } while (fields.size() == 1 && fields[0].find_first_not_of(" \t") == std::string::npos);
  return true;
}

}  // namespace plumbline
