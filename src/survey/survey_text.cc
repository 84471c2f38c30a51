#include <algorithm>

#include "base/text.h"
#include "survey/survey_writers.h"

namespace plumbline {

namespace {

void print_row(const SurveyTable& table, const SurveyTableRow& row, std::ostream& out) {
  std::size_t width = 0;
  for (const std::string& stack : table.stacks) {
    width = std::max(width, display_width(stack));
  }
  out << "  " << row.title << '\n';
  for (std::size_t stack = 0; stack < table.stacks.size(); ++stack) {
    const SurveyTableCell& cell = row.cells[stack];
    const std::string gap(width - display_width(table.stacks[stack]) + 2, ' ');
    out << "    " << table.stacks[stack] << gap
        << (cell.text.empty() ? "- (" + cell.reason + ")" : cell.text) << '\n';
  }
}

}  // namespace

void print_survey_text(const SurveyTable& table, std::ostream& out) {
  std::string aspect;
  for (const SurveyTableRow& row : table.rows) {
    if (row.aspect != aspect) {
      out << (aspect.empty() ? "" : "\n") << row.aspect << '\n';
      aspect = row.aspect;
    }
    print_row(table, row, out);
  }
}

}  // namespace plumbline
