#include <nlohmann/json.hpp>

#include "report/tables/study_tables.h"
#include "report/text/text_formats.h"

namespace plumbline {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kDocumentVersion = 1;

// null for what is not known, and for a bound that is infinite.
Json number_json(const std::optional<double>& number) {
  return number ? Json(*number) : Json();
}

void add_cell(Json& row, const Column& column, const Cell& cell) {
  if (is_text(column)) {
    row[column.name] = cell.text.empty() ? Json() : Json(cell.text);
    return;
  }
  if (column.form == CellForm::Interval) {
    row[column.name + "_low"] = cell.interval ? Json(cell.interval->low) : Json();
    row[column.name + "_high"] = cell.interval ? Json(cell.interval->high) : Json();
    return;
  }
  row[column.name] = number_json(cell.value);
  if (column.form == CellForm::MeanSd) {
    row[column.name + "_sd"] = number_json(cell.sd);
  }
}

void add_rows(Json& rows, const Table& table) {
  for (const std::vector<Cell>& cells : table.rows) {
    Json row = Json::object();
    if (!table.data.empty()) {
      row["data"] = table.data;
    }
    for (std::size_t column = 0; column < cells.size(); ++column) {
      add_cell(row, table.columns[column], cells[column]);
    }
    rows.push_back(std::move(row));
  }
}

}  // namespace

void write_json(const StudyReport& report, std::ostream& out) {
  Json tables = Json::object();
  for (const Table& table : all_tables(report)) {
    Json& rows = tables[table.name];
    if (rows.is_null()) {
      rows = Json::array();
    }
    add_rows(rows, table);
  }
  const Json document = {{"plumbline_report", kDocumentVersion},
                         {"study", report.study},
                         {"question", report.question},
                         {"mode", report.mode},
                         {"threads", report.threads},
                         {"results", report.results},
                         {"trials_planned", report.planned},
                         {"trials_done", report.done},
                         {"answer", report.answer},
                         {"remarks", report.remarks},
                         {"tables", std::move(tables)},
                         {"commands", report.commands},
                         {"study_text", report.study_text}};
  out << document.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace plumbline
