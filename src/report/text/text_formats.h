#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "report/model/study_report.h"

namespace plumbline {

// The report as text. Every writer lays out the tables of study_tables.h and decides nothing.

// The whole report for a page of documentation or an issue.
void write_markdown(const StudyReport& report, std::ostream& out);

// The tables for a paper: booktabs, one `table` environment each.
void write_latex(const StudyReport& report, std::ostream& out);

// One table (RFC 4180, with a heading), of all data sets: "results" has a row for each data set and
// stack; the others are those of study_tables.h. Throws UsageError that names the tables.
void write_csv(const StudyReport& report, const std::string& table, std::ostream& out);

// One versioned document (docs/results.md) with all tables.
void write_json(const StudyReport& report, std::ostream& out);

}  // namespace plumbline
