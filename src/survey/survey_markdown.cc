#include <fmt/format.h>

#include "survey/survey_writers.h"

namespace plumbline {

namespace {

// In a cell of a table: no line ends, and no bar that would end the cell.
std::string in_cell(const std::string& text) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '|' || letter == '[' || letter == ']' || letter == '<' || letter == '*' ||
        letter == '_' || letter == '`' || letter == '\\') {
      escaped += '\\';
    }
    escaped += letter == '\n' ? ' ' : letter;
  }
  return escaped;
}

std::string shown(const SurveyTableCell& cell) {
  const std::string text =
      cell.text.empty() ? "- (" + in_cell(cell.reason) + ")" : in_cell(cell.text);
  return cell.evidence ? fmt::format("[{}](#evidence-{})", text, *cell.evidence + 1) : text;
}

void print_heading(const SurveyTable& table, const std::string& aspect, std::ostream& out) {
  out << "\n## " << aspect << "\n\n| |";
  for (const std::string& stack : table.stacks) {
    out << ' ' << in_cell(stack) << " |";
  }
  out << "\n|---|";
  for (std::size_t stack = 0; stack < table.stacks.size(); ++stack) {
    out << "---|";
  }
  out << '\n';
}

// A fence that is longer than any run of backticks within.
std::string fence_for(const std::string& text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char letter : text) {
    run = letter == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return std::string(std::max<std::size_t>(3, longest + 1), '`');
}

void print_block(const std::string& heading, const std::string& text, std::ostream& out) {
  if (text.empty()) {
    return;
  }
  const std::string fence = fence_for(text);
  out << '\n'
      << heading << "\n\n"
      << fence << '\n'
      << text << (text.ends_with('\n') ? "" : "\n") << fence << '\n';
}

void print_evidence(const SurveyEvidence& evidence, std::size_t number, std::ostream& out) {
  const std::string status =
      evidence.exit_status ? std::to_string(*evidence.exit_status) : "none, it was killed";
  out << fmt::format("\n<a id=\"evidence-{}\"></a>\n\n### {}. {}, {}\n\n",
                     number,
                     number,
                     in_cell(evidence.stack),
                     in_cell(evidence.probe));
  out << fmt::format("`{}` on {}; exit status {}; {}\n",
                     evidence.command,
                     evidence.measured_at,
                     status,
                     evidence.network_isolated ? "no network" : "a network could be reached");
  out << fmt::format("\nVersions: `{}`\n", evidence.versions);
  if (!evidence.reason.empty()) {
    out << '\n' << in_cell(evidence.reason) << '\n';
  }
  print_block("What was run:", evidence.script, out);
  print_block("What it printed:", evidence.output, out);
}

}  // namespace

void print_survey_markdown(const SurveyTable& table, std::ostream& out) {
  out << "# Survey\n\nEvery cell leads to its evidence: what was run, what it printed, its exit "
         "status.\n";
  std::string aspect;
  for (const SurveyTableRow& row : table.rows) {
    if (row.aspect != aspect) {
      aspect = row.aspect;
      print_heading(table, aspect, out);
    }
    out << "| " << in_cell(row.title) << " |";
    for (const SurveyTableCell& cell : row.cells) {
      out << ' ' << shown(cell) << " |";
    }
    out << '\n';
  }
  out << "\n## Evidence\n";
  for (std::size_t place = 0; place < table.evidence.size(); ++place) {
    print_evidence(table.evidence[place], place + 1, out);
  }
}

}  // namespace plumbline
