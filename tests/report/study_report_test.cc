#include "report/model/study_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "report/example_results.h"
#include "report/html/assets.h"
#include "report/html/html_report.h"
#include "report/tables/study_tables.h"
#include "report/text/text_formats.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Report : public testing::Test {
 protected:
  [[nodiscard]] StudyReport of(const std::string& example) const {
    const fs::path path = folder_.path() / (example + ".results.sqlite");
    write_example(example, path);
    return make_report({path, std::nullopt, std::nullopt, {}});
  }
  static std::string every_format(const StudyReport& report) {
    std::ostringstream text;
    write_markdown(report, text);
    write_latex(report, text);
    write_json(report, text);
    for (const Table& table : all_tables(report)) {
      write_csv(report, table.name, text);
    }
    return text.str() + html_report(report);
  }
  TemporaryFolder folder_{fs::temp_directory_path(), "report-"};
};

TEST_F(Report, CountsWhatDidNotTrainAndNeverDropsIt) {
  const StudyReport report = of("small");
  EXPECT_EQ(report.done, 24U);
  ASSERT_EQ(report.failures.size(), 3U);
  std::map<std::string, std::size_t> seeds;
  for (const FailureReport& failure : report.failures) {
    seeds[failure.outcome] = failure.seeds.size();
  }
  EXPECT_EQ(
      seeds,
      (std::map<std::string, std::size_t>{{"crashed", 1}, {"diverged", 1}, {"unsupported", 6}}));
  EXPECT_THAT(report.remarks, testing::Contains(HasSubstr("8 of 24 trials did not train")));
}

TEST_F(Report, UndecidedStaysUndecidedInEveryFormat) {
  StudyReport report = of("small");
  for (PairComparison& pair : report.data[0].comparison.pairs) {
    pair.accuracy.verdict = PairVerdict::Undecided;
    pair.time.verdict = PairVerdict::Undecided;
  }
  std::ostringstream markdown;
  std::ostringstream latex;
  std::ostringstream csv;
  std::ostringstream json;
  write_markdown(report, markdown);
  write_latex(report, latex);
  write_csv(report, "results", csv);
  write_json(report, json);
  for (const std::string& text :
       {markdown.str(), latex.str(), csv.str(), json.str(), html_report(report)}) {
    EXPECT_THAT(text, HasSubstr("undecided"));
    EXPECT_THAT(text, Not(HasSubstr("no difference")));
  }
}

TEST_F(Report, AnswersInSentences) {
  const StudyReport report = of("trained");
  ASSERT_EQ(report.answer.size(), 2U);
  EXPECT_THAT(report.answer[0], HasSubstr("native has the highest mean test accuracy"));
  EXPECT_THAT(report.answer[0], HasSubstr("less accurate: "));
  EXPECT_THAT(report.answer[1], HasSubstr("native has the shortest mean time"));
  EXPECT_THAT(of("one").answer, ElementsAre(HasSubstr("only native has trained")));
  EXPECT_THAT(of("failed").answer, ElementsAre(HasSubstr("no trial has trained")));
  EXPECT_THAT(of("empty").answer, ElementsAre(HasSubstr("No trial has been run yet")));
}

TEST_F(Report, IsMadeOfAnythingThatCanBeRead) {
  for (const char* const example : {"small", "one", "failed", "empty", "hostile"}) {
    EXPECT_GT(every_format(of(example)).size(), 10'000U) << example;
  }
}

TEST_F(Report, OfAFileThatCannotBeReadIsASentence) {
  const fs::path path = folder_.path() / "x.sqlite";
  const auto message = [&] {
    try {
      (void)make_report({path, std::nullopt, std::nullopt, {}});
    } catch (const EnvironmentError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(message(), HasSubstr("There is no results file"));
  write_file(path, std::string(9000, 'x'));
  EXPECT_THAT(message(), HasSubstr("is damaged or is not a results file"));
}

// Nothing of the results may reach the page as markup: no tag, no attribute, no end of a script.
TEST_F(Report, HostileTextsStayTexts) {
  const StudyReport report = of("hostile");
  std::string html = html_report(report);
  const std::size_t script = html.find(report_script());
  ASSERT_NE(script, std::string::npos);
  html.erase(script, report_script().size());
  for (const char* const markup :
       {"<script>alert", "<img src=x", "</textarea>", "<b onmouseover", "]]>"}) {
    EXPECT_THAT(html, Not(HasSubstr(markup)));
  }
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert"));
  std::ostringstream json;
  write_json(report, json);
  EXPECT_TRUE(nlohmann::json::accept(json.str()));
}

TEST_F(Report, ScriptOfThePageDoesNotEndItself) {
  EXPECT_THAT(std::string(report_script()), Not(HasSubstr("</script")));
  EXPECT_THAT(std::string(report_style()), Not(HasSubstr("</style")));
  EXPECT_LT(report_script().size(), 1'500'000U);
}

TEST_F(Report, TenStacksByAHundredSeedsStayBelowFiveMegabytes) {
  const StudyReport report = of("large");
  EXPECT_EQ(report.done, 1000U);
  EXPECT_LT(html_report(report).size(), 5'000'000U);
}

TEST_F(Report, CsvNamesTheTablesWhenThereIsNoSuchOne) {
  std::ostringstream out;
  try {
    write_csv(of("one"), "accuracies", out);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("Did you mean 'accuracy'?"));
    EXPECT_THAT(error.what(), HasSubstr("results, accuracy, time"));
  }
}

}  // namespace
}  // namespace plumbline
