#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "report/tables/study_tables.h"
#include "report/text/text_formats.h"

namespace plumbline {

namespace {

// RFC 4180, section 2.
std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string result = "\"";
  for (const char letter : text) {
    result += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  }
  return result + '"';
}

using Row = std::vector<Field>;

// The rows of a table as fields, with its data set in front.
std::vector<Row> rows_of(const Table& table) {
  std::vector<Row> rows;
  for (const std::vector<Cell>& cells : table.rows) {
    Row row;
    if (!table.data.empty()) {
      row.push_back({"data", table.data, false});
    }
    for (std::size_t column = 0; column < cells.size(); ++column) {
      for (Field& field : cell_fields(table.columns[column], cells[column])) {
        row.push_back(std::move(field));
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

const Field* find_field(const Row& row, const std::string& name) {
  const auto found =
      std::find_if(row.begin(), row.end(), [&](const Field& field) { return field.name == name; });
  return found == row.end() ? nullptr : &*found;
}

// Adds the fields of `table` to the rows about the same stack.
void join(std::vector<Row>& rows, const Table& table) {
  for (const Row& added : rows_of(table)) {
    for (Row& row : rows) {
      if (find_field(row, "stack")->text == find_field(added, "stack")->text) {
        std::copy_if(added.begin(), added.end(), std::back_inserter(row), [&](const Field& field) {
          return find_field(row, field.name) == nullptr;
        });
      }
    }
  }
}

// A row for each data set and stack: accuracy, time, phases and resources side by side.
std::vector<Row> result_rows(const StudyReport& report) {
  std::vector<Row> rows;
  for (const DataReport& data : report.data) {
    std::vector<Row> joined = rows_of(accuracy_table(report, data));
    for (const auto& make : {time_table, phases_table, resources_table}) {
      join(joined, make(report, data));
    }
    rows.insert(rows.end(), joined.begin(), joined.end());
  }
  return rows;
}

std::vector<Row> rows_named(const StudyReport& report, const std::string& name) {
  if (name == "results") {
    return result_rows(report);
  }
  std::vector<std::string> names = {"results"};
  std::vector<Row> rows;
  for (const Table& table : all_tables(report)) {
    if (std::find(names.begin(), names.end(), table.name) == names.end()) {
      names.push_back(table.name);
    }
    if (table.name == name) {
      const std::vector<Row> more = rows_of(table);
      rows.insert(rows.end(), more.begin(), more.end());
    }
  }
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    throw UsageError(fmt::format("There is no table '{}'.{} The tables are {}.",
                                 name,
                                 did_you_mean(name, names),
                                 join_words(names)));
  }
  return rows;
}

}  // namespace

void write_csv(const StudyReport& report, const std::string& table, std::ostream& out) {
  const std::vector<Row> rows = rows_named(report, table);
  std::vector<std::string> names;
  for (const Row& row : rows) {
    for (const Field& field : row) {
      if (std::find(names.begin(), names.end(), field.name) == names.end()) {
        names.push_back(field.name);
      }
    }
  }
  for (std::size_t at = 0; at < names.size(); ++at) {
    out << (at == 0 ? "" : ",") << csv_text(names[at]);
  }
  out << "\r\n";
  for (const Row& row : rows) {
    for (std::size_t at = 0; at < names.size(); ++at) {
      const Field* const field = find_field(row, names[at]);
      out << (at == 0 ? "" : ",") << (field == nullptr ? "" : csv_text(field->text));
    }
    out << "\r\n";
  }
}

}  // namespace plumbline
