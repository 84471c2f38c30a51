#include <fmt/format.h>

#include <map>

#include "report/tables/study_tables.h"
#include "report/text/text_formats.h"

namespace plumbline {

namespace {

std::string escaped(const std::string& text) {
  static const std::map<std::string, std::string> kReplaced = {{"\\", "\\textbackslash{}"},
                                                               {"{", "\\{"},
                                                               {"}", "\\}"},
                                                               {"$", "\\$"},
                                                               {"&", "\\&"},
                                                               {"#", "\\#"},
                                                               {"_", "\\_"},
                                                               {"%", "\\%"},
                                                               {"^", "\\textasciicircum{}"},
                                                               {"~", "\\textasciitilde{}"},
                                                               {"<", "\\textless{}"},
                                                               {">", "\\textgreater{}"},
                                                               {"\n", " "},
                                                               {"±", "$\\pm$"},
                                                               {"∞", "$\\infty$"}};
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 1;
    while (at + length < text.size() &&
           (static_cast<unsigned char>(text[at + length]) & 0xC0U) == 0x80U) {
      ++length;
    }
    const std::string letter = text.substr(at, length);
    const auto replaced = kReplaced.find(letter);
    result += replaced == kReplaced.end() ? letter : replaced->second;
    at += length;
  }
  return result;
}

// A minus sign before a number, not a hyphen.
std::string cell_latex(const Column& column, const Cell& cell) {
  const std::string text = escaped(cell_text(column, cell));
  const bool is_negative = !is_text(column) && text.size() > 1 && text.front() == '-';
  return is_negative ? "$-$" + text.substr(1) : text;
}

// Letters, digits and hyphens: what \label takes everywhere.
std::string label_of(const Table& table) {
  std::string label = table.name + "-" + table.data;
  for (char& letter : label) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(letter)) != 0;
    letter = is_plain ? letter : '-';
  }
  return label;
}

void write_row(const std::vector<std::string>& cells, std::ostream& out) {
  for (std::size_t column = 0; column < cells.size(); ++column) {
    out << (column == 0 ? "    " : " & ") << cells[column];
  }
  out << " \\\\\n";
}

void write_table(const Table& table, std::ostream& out) {
  if (table.rows.empty()) {
    return;
  }
  std::string alignment;
  std::vector<std::string> cells;
  for (const Column& column : table.columns) {
    alignment += is_text(column) ? 'l' : 'r';
    cells.push_back(escaped(column.heading));
  }
  out << "\\begin{table}\n  \\centering\n"
      << fmt::format("  \\caption{{{}. {}}}\n", escaped(table.title), escaped(table.note))
      << fmt::format("  \\label{{tab:{}}}\n", label_of(table))
      << fmt::format("  \\begin{{tabular}}{{{}}}\n    \\toprule\n", alignment);
  write_row(cells, out);
  out << "    \\midrule\n";
  for (const std::vector<Cell>& row : table.rows) {
    cells.clear();
    for (std::size_t column = 0; column < row.size(); ++column) {
      cells.push_back(cell_latex(table.columns[column], row[column]));
    }
    write_row(cells, out);
  }
  out << "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n\n";
}

// A comment that no line break can end early.
std::string comment(const std::string& text) {
  std::string line = "% " + text;
  for (char& letter : line) {
    letter = letter == '\n' ? ' ' : letter;
  }
  return line + '\n';
}

}  // namespace

void write_latex(const StudyReport& report, std::ostream& out) {
  out << comment(report.question);
  for (const std::string& sentence : report.answer) {
    out << comment(sentence);
  }
  for (const std::string& remark : report.remarks) {
    out << comment(remark);
  }
  out << comment("Needs \\usepackage{booktabs}.") << '\n';
  for (const DataReport& data : report.data) {
    for (const auto& make : {accuracy_table, time_table, phases_table, resources_table}) {
      write_table(make(report, data), out);
    }
  }
  write_table(failures_table(report), out);
}

}  // namespace plumbline
