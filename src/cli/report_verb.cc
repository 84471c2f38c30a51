#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/study_words.h"
#include "cli/verb.h"
#include "report/html/html_report.h"
#include "report/text/text_formats.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kFormats = {"html", "markdown", "latex", "csv", "json"};

struct ReportArguments {
  std::string source;
  std::string results;
  std::string output;
  std::string format;
  std::string table = "results";
  std::string data_dir;
  bool controlled = false;
  bool as_shipped = false;
};

// Every SQLite file begins with these bytes.
bool is_sqlite(const fs::path& path) {
  constexpr std::string_view kMagic = "SQLite format 3";
  std::ifstream file(path, std::ios::binary);
  std::string opening(kMagic.size(), '\0');
  file.read(opening.data(), static_cast<std::streamsize>(opening.size()));
  return file && opening == kMagic;
}

// A results file is known by its content, or by its name where it is damaged or not there.
bool is_results(const fs::path& path) {
  return is_sqlite(path) || path.extension() == ".sqlite";
}

ReportChoice choice_of(const ReportArguments& arguments) {
  ReportChoice choice;
  if (is_results(arguments.source)) {
    choice.results = arguments.source;
  } else {
    choice.study = read_study(arguments.source, known_words());
    choice.results =
        arguments.results.empty() ? results_file_of(*choice.study) : fs::path(arguments.results);
  }
  if (arguments.controlled) {
    choice.mode = "controlled";
  } else if (arguments.as_shipped) {
    choice.mode = "as-shipped";
  }
  choice.places.data_dir = arguments.data_dir;
  return choice;
}

std::string format_of(const ReportArguments& arguments) {
  if (!arguments.format.empty()) {
    return arguments.format;
  }
  static const std::vector<std::pair<std::string, std::string>> kExtensions = {
      {".md", "markdown"}, {".tex", "latex"}, {".csv", "csv"}, {".json", "json"}};
  const std::string extension = fs::path(arguments.output).extension().string();
  for (const auto& [ending, format] : kExtensions) {
    if (extension == ending) {
      return format;
    }
  }
  return "html";
}

std::string text_of(const StudyReport& report,
                    const std::string& format,
                    const std::string& table) {
  if (format == "html") {
    return html_report(report);
  }
  std::ostringstream text;
  if (format == "markdown") {
    write_markdown(report, text);
  } else if (format == "latex") {
    write_latex(report, text);
  } else if (format == "csv") {
    write_csv(report, table, text);
  } else {
    write_json(report, text);
  }
  return text.str();
}

ExitCode report(const ReportArguments& arguments) {
  const StudyReport made = make_report(choice_of(arguments));
  const std::string text = text_of(made, format_of(arguments), arguments.table);
  if (arguments.output.empty() || arguments.output == "-") {
    std::cout << text;
  } else {
    write_file(arguments.output, text);
    std::cerr << fmt::format(
        "{}: {}\n", arguments.output, format_bytes(static_cast<double>(text.size())));
  }
  return ExitCode::Done;
}

}  // namespace

void add_report_verb(CLI::App& app, Action& chosen) {
  CLI::App* const verb = app.add_subcommand(
      "report", "Make a report of a study's results: one HTML file, or tables for a paper");
  auto arguments = std::make_shared<ReportArguments>();
  verb->add_option("source", arguments->source, "A study file, or a results file")->required();
  verb->add_option("--output", arguments->output, "The file to write [standard output]");
  verb->add_option("--format",
                   arguments->format,
                   "html, markdown, latex, csv or json [by --output, or html]")
      ->check(CLI::IsMember(kFormats));
  verb->add_option(
      "--results", arguments->results, "The study's results file [<study>.results.sqlite]");
  verb->add_option("--table", arguments->table, "The table for csv [results]");
  verb->add_option("--data-dir", arguments->data_dir, "A folder to look for data sets in");
  CLI::Option* const controlled =
      verb->add_flag("--controlled",
                     arguments->controlled,
                     "The trials of controlled mode [the newest trial's mode]");
  verb->add_flag("--as-shipped", arguments->as_shipped, "The trials of as-shipped mode")
      ->excludes(controlled);
  verb->footer("Example: plumbline report studies/quickstart.toml --output quickstart.html");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return report(*arguments); }; });
}

}  // namespace plumbline
