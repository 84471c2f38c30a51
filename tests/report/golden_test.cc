// The text formats of a fixed results file, and the page without its style and script, against
// files in golden/. To accept changes: scripts/accept_golden
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <sstream>

#include "base/files.h"
#include "report/example_results.h"
#include "report/html/assets.h"
#include "report/html/html_report.h"
#include "report/text/text_formats.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

class Golden : public testing::Test {
 protected:
  [[nodiscard]] StudyReport report(const std::string& example) const {
    const fs::path path = folder_.path() / "shapes_study.results.sqlite";
    write_example(example, path);
    return make_report({path, std::nullopt, std::nullopt, {}});
  }

  static void check(const std::string& name, const std::string& text) {
    const fs::path file = fs::path(PLUMBLINE_SOURCE_DIR) / "tests" / "report" / "golden" / name;
    if (std::getenv("PLUMBLINE_ACCEPT") != nullptr) {
      write_file(file, text);
    }
    ASSERT_TRUE(fs::exists(file)) << file << " is not there; scripts/accept_golden makes it";
    EXPECT_EQ(text, read_file(file)) << "scripts/accept_golden takes this as right";
  }

  TemporaryFolder folder_{fs::temp_directory_path(), "golden-"};
};

template <typename Write>
std::string text_of(const Write& write) {
  std::ostringstream out;
  write(out);
  return out.str();
}

std::string without(std::string text, std::string_view part) {
  const std::size_t at = text.find(part);
  return at == std::string::npos ? text : text.replace(at, part.size(), "...");
}

TEST_F(Golden, Markdown) {
  check("small.md", text_of([&](std::ostream& out) { write_markdown(report("small"), out); }));
}

TEST_F(Golden, Latex) {
  check("small.tex", text_of([&](std::ostream& out) { write_latex(report("small"), out); }));
}

TEST_F(Golden, Csv) {
  const StudyReport small = report("small");
  check("small.csv", text_of([&](std::ostream& out) { write_csv(small, "results", out); }));
  check("small_trials.csv", text_of([&](std::ostream& out) { write_csv(small, "trials", out); }));
}

TEST_F(Golden, Json) {
  check("small.json", text_of([&](std::ostream& out) { write_json(report("small"), out); }));
}

// The policy names the style and script by their digests, which change with the chart library.
TEST_F(Golden, HtmlStructure) {
  std::string html = html_report(report("small"));
  html = without(without(html, report_style()), report_script());
  html = std::regex_replace(html, std::regex("sha256-[A-Za-z0-9+/=]+"), "sha256-...");
  check("small.html", html);
}

TEST_F(Golden, HostileMarkdownAndLatex) {
  const StudyReport hostile = report("hostile");
  check("hostile.md", text_of([&](std::ostream& out) { write_markdown(hostile, out); }));
  check("hostile.tex", text_of([&](std::ostream& out) { write_latex(hostile, out); }));
}

}  // namespace
}  // namespace plumbline
