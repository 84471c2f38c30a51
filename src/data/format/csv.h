#pragma once

#include <string>
#include <vector>

#include "data/format/byte_reader.h"
#include "data/format/numeric_array.h"

namespace plumbline {

// One CSV file (RFC 4180: commas, double quotes, a line end inside quotes is part of the field): a
// row an image, one column the labels, all others the features.
struct CsvTable {
  NumericArray features;                   // (rows, features), float32
  NumericArray labels;                     // (rows), float64
  std::vector<std::string> feature_names;  // empty without a header
};

// With `label_column` the first row must be a header that has it. Without, the labels are the first
// column, and the first row is a header when one of its fields is not a number. Lines that are
// empty are skipped. Throws EnvironmentError that names file, line and column.
[[nodiscard]] CsvTable read_csv(ByteReader& reader, const std::string& label_column);

}  // namespace plumbline
