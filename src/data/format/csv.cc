#include "data/format/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "data/format/csv_rows.h"

namespace plumbline {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

std::optional<double> number_in(std::string_view field) {
  std::string_view text = trimmed(field);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  double value = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end) {
    return std::nullopt;
  }
  return value;
}

// Collects rows; the row that it is given first settles the number of columns.
class TableBuilder {
 public:
  TableBuilder(const CsvRows& rows, const std::string& label_column)
      : rows_(rows), label_column_(label_column) {}

  void take_first_row(const std::vector<std::string>& fields) {
    columns_ = fields.size();
    const bool all_numbers = std::all_of(fields.begin(), fields.end(), [](const auto& field) {
      return number_in(field).has_value();
    });
    if (label_column_.empty() && all_numbers) {
      check_columns(fields);
      take_row(fields);
      return;
    }
    for (const std::string& field : fields) {
      header_.emplace_back(trimmed(field));
    }
    if (!label_column_.empty()) {
      find_label_column();
    }
    check_columns(fields);
  }

  void take_row(const std::vector<std::string>& fields) {
    if (fields.size() != columns_) {
      throw EnvironmentError(
          fmt::format("{} has {} fields; the first row has {}.", where(), fields.size(), columns_));
    }
    for (std::size_t column = 0; column < columns_; ++column) {
      const double value = number_of(fields[column], column);
      if (column == label_index_) {
        labels_.push_back(value);
      } else {
        features_.push_back(static_cast<float>(value));
      }
    }
    if (features_.size() * sizeof(float) > kMostArrayBytes) {
      throw EnvironmentError(
          fmt::format("{}: the table is larger than {} bytes.", where(), kMostArrayBytes));
    }
  }

  CsvTable finish() && {
    if (labels_.empty()) {
      throw EnvironmentError(fmt::format("{} is empty: it has no row of data.", rows_.name()));
    }
    CsvTable table;
    const auto rows = static_cast<std::int64_t>(labels_.size());
    table.features =
        array_of(features_, ElementType::F32, {rows, static_cast<std::int64_t>(columns_ - 1)});
    table.labels = array_of(labels_, ElementType::F64, {rows});
    if (!header_.empty()) {
      header_.erase(header_.begin() + static_cast<std::ptrdiff_t>(label_index_));
    }
    table.feature_names = std::move(header_);
    return table;
  }

 private:
  std::string where() const { return fmt::format("{}, line {}", rows_.name(), rows_.line()); }

  void check_columns(const std::vector<std::string>& fields) const {
    if (columns_ >= 2) {
      return;
    }
    const bool has_semicolon = fields[0].find(';') != std::string::npos;
    throw EnvironmentError(
        fmt::format("{} has only one column; labels and features are needed.{}",
                    where(),
                    has_semicolon ? " Fields must be separated by commas, not semicolons." : ""));
  }

  void find_label_column() {
    const auto found = std::find(header_.begin(), header_.end(), label_column_);
    if (found == header_.end()) {
      throw EnvironmentError(fmt::format("{} has no column '{}' in its first row.{}",
                                         rows_.name(),
                                         label_column_,
                                         did_you_mean(label_column_, header_)));
    }
    label_index_ = static_cast<std::size_t>(found - header_.begin());
  }

  double number_of(const std::string& field, std::size_t column) const {
    const std::optional<double> value = number_in(field);
    if (!value) {
      const std::string title = header_.empty() ? "" : fmt::format(" ('{}')", header_[column]);
      const char* hint = column == label_index_ ? " Labels are class numbers, from 0." : "";
      throw EnvironmentError(fmt::format("{}, column {}{}: '{}' is not a number.{}",
                                         where(),
                                         column + 1,
                                         title,
                                         field.substr(0, 40),
                                         hint));
    }
    return *value;
  }

  template <typename T>
  NumericArray array_of(const std::vector<T>& values, ElementType type, Shape shape) const {
    NumericArray array;
    array.type = type;
    array.shape = std::move(shape);
    array.name = rows_.name();
    array.bytes.resize(values.size() * sizeof(T));
    std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
    return array;
  }

  const CsvRows& rows_;
  const std::string& label_column_;
  std::size_t columns_ = 0;
  std::size_t label_index_ = 0;
  std::vector<std::string> header_;
  std::vector<float> features_;
  std::vector<double> labels_;
};

}  // namespace

CsvTable read_csv(ByteReader& reader, const std::string& label_column) {
  CsvRows rows(reader);
  TableBuilder table(rows, label_column);
  std::vector<std::string> fields;
  if (rows.next(fields)) {
    table.take_first_row(fields);
  }
  while (rows.next(fields)) {
    table.take_row(fields);
  }
  return std::move(table).finish();
}

}  // namespace plumbline
