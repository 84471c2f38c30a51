#pragma once

#include <string>
#include <vector>

#include "report/html/markup.h"
#include "report/model/study_report.h"
#include "report/tables/table.h"

namespace plumbline {

// A chart as the page has it: an empty place, what it shows in words, the tables it is drawn from.
// report.js draws it from the specification of its kind (charts/<kind>.json).
struct Chart {
  std::string kind;
  std::string title;
  std::string description;          // stands in for the picture
  std::vector<std::string> legend;  // what colours stand for, in the order of the palette
  std::string palette;              // "stack" or "phase"; empty: no legend
  std::string mark;                 // of the legend: "area", "line" or "symbol"
  std::vector<Table> tables;        // the first is shown under the chart
};

[[nodiscard]] Chart accuracy_chart(const StudyReport& report, const DataReport& data);
[[nodiscard]] Chart curves_chart(const StudyReport& report, const DataReport& data);
[[nodiscard]] Chart phases_chart(const StudyReport& report, const DataReport& data);
[[nodiscard]] Chart time_accuracy_chart(const StudyReport& report, const DataReport& data);
[[nodiscard]] Chart memory_chart(const StudyReport& report, const DataReport& data);

// The figure; nothing where the first table has no rows.
void add_chart(Markup& html, const Chart& chart);

}  // namespace plumbline
