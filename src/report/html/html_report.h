#pragma once

#include <string>

#include "report/model/study_report.h"

namespace plumbline {

// The report as one HTML file that needs nothing else: style, charts library and numbers are
// inside, and its content security policy lets it reach no network. Laid out from the tables of
// study_tables.h; decides nothing.
[[nodiscard]] std::string html_report(const StudyReport& report);

}  // namespace plumbline
