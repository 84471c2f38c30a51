#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/format/byte_reader.h"

namespace plumbline {

// The rows of a CSV stream, one by one, in bounded memory.
class CsvRows {
 public:
  explicit CsvRows(ByteReader& reader) : reader_(reader), buffer_(kBufferBytes) {}

  // False at the end. Empty lines are skipped.
  [[nodiscard]] bool next(std::vector<std::string>& fields);
  // The line, from 1, on which the row that was last returned begins.
  [[nodiscard]] std::int64_t line() const { return row_line_; }
  [[nodiscard]] const std::string& name() const { return reader_.name(); }

 private:
  static constexpr std::size_t kBufferBytes = std::size_t{1} << 16;
  static constexpr std::size_t kMostRowBytes = std::size_t{1} << 26;
  static constexpr int kEnd = -1;

  [[nodiscard]] int peek();
  [[nodiscard]] int take();
  [[nodiscard]] bool take_line_end();
  void read_row(std::vector<std::string>& fields);
  [[nodiscard]] std::string plain_field();
  [[nodiscard]] std::string quoted_field();
  [[noreturn]] void fail(const char* reason) const;

  ByteReader& reader_;
  std::vector<std::byte> buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::size_t row_bytes_ = 0;
  std::int64_t line_ = 1;
  std::int64_t row_line_ = 1;
  bool at_start_ = true;
};

}  // namespace plumbline
