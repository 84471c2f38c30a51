#pragma once

#include <string>
#include <vector>

#include "report/model/study_report.h"
#include "report/tables/table.h"

namespace plumbline {

// The tables of a report. What all writers print, and what charts are drawn from, so that no two
// formats can say different things.

// One row for each stack, the best first.
[[nodiscard]] Table accuracy_table(const StudyReport& report, const DataReport& data);
[[nodiscard]] Table time_table(const StudyReport& report, const DataReport& data);
// Means over the trained trials, one row for each stack that has any.
[[nodiscard]] Table phases_table(const StudyReport& report, const DataReport& data);
[[nodiscard]] Table resources_table(const StudyReport& report, const DataReport& data);
// One row for each trial.
[[nodiscard]] Table trials_table(const StudyReport& report, const DataReport& data);
// One row for each stack and step.
[[nodiscard]] Table curves_table(const StudyReport& report, const DataReport& data);
// One row for each stack, one column for each class. Without rows where there are no predictions.
[[nodiscard]] Table class_table(const StudyReport& report, const DataReport& data);
// One stack's answers: one row for each class, one column for each answer, shares of the row.
[[nodiscard]] Table confusion_table(const StudyReport& report,
                                    const DataReport& data,
                                    std::size_t stack);
// One row for each image on which stacks differ.
[[nodiscard]] Table disputed_table(const StudyReport& report, const DataReport& data);

// Of the whole study: one column for each stack.
[[nodiscard]] Table settings_table(const StudyReport& report);
[[nodiscard]] Table versions_table(const StudyReport& report);
[[nodiscard]] Table machines_table(const StudyReport& report);
[[nodiscard]] Table failures_table(const StudyReport& report);

// All of them, in the report's order.
[[nodiscard]] std::vector<Table> all_tables(const StudyReport& report);

}  // namespace plumbline
