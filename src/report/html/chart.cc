#include "report/html/chart.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/html/html_table.h"
#include "report/tables/study_tables.h"

namespace plumbline {

namespace {

using Json = nlohmann::ordered_json;

// "native 80.45 ± 1.29, pytorch 80.40 ± 0.47": a column of a table, in words.
std::string in_words(const Table& table, std::size_t column) {
  std::string words;
  for (const std::vector<Cell>& row : table.rows) {
    words += fmt::format("{}{} {}",
                         words.empty() ? "" : ", ",
                         row.front().text,
                         cell_text(table.columns[column], row[column]));
  }
  return words;
}

Json field_json(const Column& column, const Cell& cell, const Field& field) {
  if (!field.is_number) {
    return field.text;
  }
  if (field.text.empty()) {
    return {};
  }
  return column.form == CellForm::Interval
             ? Json(field.name.ends_with("_low") ? cell.interval->low : cell.interval->high)
             : Json(field.name == column.name ? *cell.value : *cell.sd);
}

// Columns once, then the bare rows.
Json table_json(const Table& table) {
  Json names = Json::array();
  for (const Column& column : table.columns) {
    for (const Field& field : cell_fields(column, Cell())) {
      names.push_back(field.name);
    }
  }
  Json rows = Json::array();
  for (const std::vector<Cell>& cells : table.rows) {
    Json row = Json::array();
    for (std::size_t column = 0; column < cells.size(); ++column) {
      for (const Field& field : cell_fields(table.columns[column], cells[column])) {
        row.push_back(field_json(table.columns[column], cells[column], field));
      }
    }
    rows.push_back(std::move(row));
  }
  return {{"columns", std::move(names)}, {"rows", std::move(rows)}};
}

std::string chart_json(const Chart& chart) {
  Json tables = Json::object();
  for (const Table& table : chart.tables) {
    tables[table.name] = table_json(table);
  }
  Json document = {{"legend", chart.legend}, {"tables", std::move(tables)}};
  return script_json(document.dump());
}

void add_legend(Markup& html, const Chart& chart) {
  if (chart.palette.empty()) {
    return;
  }
  html.open("ul", {{"class", "legend"}, {"aria-hidden", "true"}});
  for (std::size_t at = 0; at < chart.legend.size(); ++at) {
    // The style sheet has ten colours; report.js cycles through lines and symbols in step with it.
    const std::string swatch = fmt::format("swatch {0}-{1} {2} {2}-{3}",
                                           chart.palette,
                                           at % 10,
                                           chart.mark,
                                           at % (chart.mark == "line" ? 3 : 6));
    html.open("li").element("span", {{"class", swatch}}, "").text(chart.legend[at]).close();
  }
  html.close();
}

void add_numbers(Markup& html, const Table& table) {
  html.open("details", {{"class", "numbers"}});
  html.element("summary", "The numbers: " + table.title);
  html.element("button", {{"type", "button"}, {"class", "copy"}}, "Copy as tab-separated text");
  add_table(html, table);
  html.close();
}

}  // namespace

void add_chart(Markup& html, const Chart& chart) {
  if (chart.tables.front().rows.empty()) {
    html.element(
        "p", {{"class", "note"}}, chart.title + ": nothing to draw, no trial has trained.");
    return;
  }
  html.open("figure", {{"class", "chart"}, {"data-chart", chart.kind}});
  html.element("figcaption", chart.title);
  add_legend(html, chart);
  html.element(
      "div", {{"class", "drawing"}, {"role", "img"}, {"aria-label", chart.description}}, "");
  html.open("script", {{"type", "application/json"}}).raw(chart_json(chart)).close();
  add_numbers(html, chart.tables.front());
  html.close();
}

Chart accuracy_chart(const StudyReport& report, const DataReport& data) {
  const Table means = accuracy_table(report, data);
  return {"accuracy",
          "Test accuracy on " + data.data +
              ", per cent. Each dot is one seed; the diamond is their "
              "mean, the bar its interval.",
          "Chart of the test accuracy in per cent, mean and standard deviation over seeds: " +
              in_words(means, 1) + ".",
          report.stacks,
          "",
          "",
          {trials_table(report, data), means}};
}

Chart curves_chart(const StudyReport& report, const DataReport& data) {
  std::string ends;
  for (std::size_t stack = 0; stack < data.curves.size(); ++stack) {
    if (!data.curves[stack].points.empty()) {
      ends += fmt::format("{}{} {:.4g}",
                          ends.empty() ? "" : ", ",
                          report.stacks[stack],
                          data.curves[stack].points.back().mean);
    }
  }
  return {"curves",
          "Training loss on " + data.data +
              ". The line is the mean over seeds, the band reaches "
              "from the lowest to the highest.",
          "Chart of the training loss by step. It ends at, mean over seeds: " + ends + ".",
          report.stacks,
          "stack",
          "line",
          {curves_table(report, data)}};
}

Chart phases_chart(const StudyReport& report, const DataReport& data) {
  const Table phases = phases_table(report, data);
  return {"phases",
          "Seconds of a trial on " + data.data + ", by phase; means of the trained trials.",
          "Chart of a trial's seconds by phase. In all: " +
              in_words(phases, phases.columns.size() - 1) + ".",
          {std::begin(kPhases), std::end(kPhases)},
          "phase",
          "area",
          {phases}};
}

Chart time_accuracy_chart(const StudyReport& report, const DataReport& data) {
  return {"time_accuracy",
          "Time against accuracy on " + data.data +
              ". Small dots are seeds, large ones means; up "
              "and to the left is better.",
          "Chart of time against accuracy. Time: " + in_words(time_table(report, data), 1) +
              ". Accuracy in per cent: " + in_words(accuracy_table(report, data), 1) + ".",
          report.stacks,
          "stack",
          "symbol",
          {trials_table(report, data), time_table(report, data), accuracy_table(report, data)}};
}

Chart memory_chart(const StudyReport& report, const DataReport& data) {
  const Table resources = resources_table(report, data);
  return {"memory",
          "Peak memory of a trial on " + data.data + ", mean of the trained trials.",
          "Chart of the peak memory: " + in_words(resources, 1) + ".",
          report.stacks,
          "",
          "",
          {resources}};
}

}  // namespace plumbline
