#include "report/html/html_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace plumbline {

namespace {

// The style sheet has the classes shade-1 to shade-10.
std::string shade_class(const Cell& cell, Shading shading) {
  if (!cell.value) {
    return "number";
  }
  const double share =
      std::clamp(shading == Shading::Error ? 1 - *cell.value : *cell.value, 0.0, 1.0);
  const auto shade = static_cast<int>(std::lround(10 * std::sqrt(share)));
  return shade == 0 ? "number" : fmt::format("number shade-{}", shade);
}

// "worse, exploratory" -> "verdict worse"
std::string verdict_class(const std::string& verdict) {
  return "verdict " + verdict.substr(0, verdict.find_first_of(", "));
}

void add_cell(Markup& html, const Column& column, const Cell& cell, Shading shading) {
  const std::string text = cell_text(column, cell);
  if (column.quantity == Quantity::Verdict && !cell.text.empty()) {
    html.open("td").element("span", {{"class", verdict_class(cell.text)}}, text).close();
  } else if (is_text(column)) {
    html.element("td", text);
  } else {
    const bool is_shaded = shading != Shading::None && column.quantity == Quantity::Share;
    html.element("td", {{"class", is_shaded ? shade_class(cell, shading) : "number"}}, text);
  }
}

void add_heading(Markup& html, const Table& table) {
  html.open("thead").open("tr");
  for (const Column& column : table.columns) {
    html.element(
        "th", {{"scope", "col"}, {"class", is_text(column) ? "text" : "number"}}, column.heading);
  }
  html.close().close();
}

}  // namespace

void add_table(Markup& html, const Table& table, Shading shading) {
  html.open(
      "div",
      {{"class", "scroll"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", table.title}});
  html.open("table", {{"class", "of-" + table.name}});
  html.element("caption", table.title);
  add_heading(html, table);
  html.open("tbody");
  for (const std::vector<Cell>& row : table.rows) {
    html.open("tr");
    html.element("th", {{"scope", "row"}}, cell_text(table.columns.front(), row.front()));
    for (std::size_t column = 1; column < row.size(); ++column) {
      add_cell(html, table.columns[column], row[column], shading);
    }
    html.close();
  }
  html.close().close().close();
  if (!table.note.empty()) {
    html.element("p", {{"class", "note"}}, table.note);
  }
}

}  // namespace plumbline
