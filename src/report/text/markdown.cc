#include <fmt/format.h>

#include <algorithm>

#include "report/tables/study_tables.h"
#include "report/text/text_formats.h"

namespace plumbline {

namespace {

// Text that Markdown prints as it is, in one line. HTML is markup there too.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '\n' || letter == '\t') {
      result += ' ';
      continue;
    }
    if (std::string_view("\\`*_{}[]<>#|~&").find(letter) != std::string_view::npos) {
      result += '\\';
    }
    result += letter;
  }
  return result;
}

// A block whose fence is longer than any run of backticks inside.
std::string fenced(const std::string& text, const std::string& language) {
  std::size_t longest = 2;
  std::size_t run = 0;
  for (const char letter : text) {
    run = letter == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  const bool ends_line = text.empty() || text.back() == '\n';
  return fence + language + '\n' + text + (ends_line ? "" : "\n") + fence + '\n';
}

void write_row(const std::vector<std::string>& cells, std::ostream& out) {
  for (const std::string& cell : cells) {
    out << "| " << escaped(cell) << ' ';
  }
  out << "|\n";
}

void write_table(const Table& table, std::ostream& out) {
  if (table.rows.empty()) {
    return;
  }
  out << "### " << escaped(table.title) << "\n\n";
  std::vector<std::string> cells;
  std::string rule;
  for (const Column& column : table.columns) {
    cells.push_back(column.heading);
    rule += is_text(column) ? "|---" : "|---:";
  }
  write_row(cells, out);
  out << rule << "|\n";
  for (const std::vector<Cell>& row : table.rows) {
    cells.clear();
    for (std::size_t column = 0; column < row.size(); ++column) {
      cells.push_back(cell_text(table.columns[column], row[column]));
    }
    write_row(cells, out);
  }
  out << '\n' << (table.note.empty() ? "" : escaped(table.note) + "\n\n");
}

void write_opening(const StudyReport& report, std::ostream& out) {
  out << "# " << escaped(report.question.empty() ? report.study : report.question) << "\n\n";
  for (const std::string& sentence : report.answer) {
    out << escaped(sentence) << "\n\n";
  }
  for (const std::string& remark : report.remarks) {
    out << "- " << escaped(remark) << '\n';
  }
  out << (report.remarks.empty() ? "" : "\n");
}

void write_rerun(const StudyReport& report, std::ostream& out) {
  std::string commands;
  for (const std::string& command : report.commands) {
    commands += command + '\n';
  }
  out << "## Run it again\n\n"
      << fenced(commands, "sh") << "\nThe study file, " << escaped(report.study) << ".toml:\n\n"
      << fenced(report.study_text, "toml");
}

}  // namespace

void write_markdown(const StudyReport& report, std::ostream& out) {
  write_opening(report, out);
  for (const DataReport& data : report.data) {
    out << "## " << escaped(data.data) << "\n\n";
    for (const auto& make :
         {accuracy_table, time_table, phases_table, resources_table, class_table, disputed_table}) {
      write_table(make(report, data), out);
    }
  }
  out << "## The study\n\n";
  for (const auto& make : {failures_table, versions_table, settings_table, machines_table}) {
    write_table(make(report), out);
  }
  write_rerun(report, out);
}

}  // namespace plumbline
