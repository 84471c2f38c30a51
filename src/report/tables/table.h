#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stats/interval.h"

namespace plumbline {

// A table as every format prints it: cells keep their numbers at full precision, and each writer
// decides how they look.

// What a column's numbers are. Stored: shares 0 to 1, differences of shares, seconds, bytes; shown:
// per cent, percentage points, and so on.
enum class Quantity {
  Text,
  Verdict,  // text that writers may set off
  Count,
  Share,
  SharePoints,
  Seconds,
  Bytes,
  Ratio,
  Number,
};

enum class CellForm {
  Single,    // `value`, or `text`
  MeanSd,    // `value` and, where known, `sd`
  Interval,  // `interval`
};

struct Column {
  std::string name;     // of CSV and JSON: "accuracy"; MeanSd adds "accuracy_sd", Interval makes
                        // "accuracy_low" and "accuracy_high"
  std::string heading;  // for people
  Quantity quantity = Quantity::Text;
  CellForm form = CellForm::Single;
};

struct Cell {
  std::string text;
  std::optional<double> value;
  std::optional<double> sd;
  std::optional<Interval> interval;

  Cell() = default;
  Cell(std::string content) : text(std::move(content)) {}
  Cell(const char* content) : text(content) {}
  Cell(double number) : value(number) {}
  Cell(std::optional<double> number) : value(number) {}
  Cell(const std::optional<Interval>& bounds) : interval(bounds) {}
};

struct Table {
  std::string name;   // of the command line and JSON: "accuracy"
  std::string data;   // the data set it is about; empty: the whole study
  std::string title;  // for people: "Test accuracy on mnist"
  std::string note;   // what must be known to read it; may be empty
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

[[nodiscard]] bool is_text(const Column& column);

// A cell for people: "84.31 ± 0.20", "[84.1, 84.5]", "3m14s", "-" where nothing is known.
[[nodiscard]] std::string cell_text(const Column& column, const Cell& cell);

// A cell's numbers for programs, as shortest texts that give the same number back; "" where not
// known. With the columns' names: one or two a column.
struct Field {
  std::string name;
  std::string text;
  bool is_number = false;
};
[[nodiscard]] std::vector<Field> cell_fields(const Column& column, const Cell& cell);

}  // namespace plumbline
