#include "survey/survey_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/files.h"
#include "store/survey_file.h"
#include "survey/questions.h"

namespace plumbline {
namespace {

using testing::HasSubstr;
using testing::Not;

SurveyEvidence evidence(const std::string& stack, const std::string& text) {
  SurveyEvidence one;
  one.key = stack;
  one.stack = stack;
  one.probe = "data_sets";
  one.command = "python -m plumbline_survey data_sets request.json";
  one.script = "load = '''a fence:\n```\n'''";
  one.output = "mnist: shipped";
  one.exit_status = 0;
  one.versions = R"({"torch":"2.13.0"})";
  one.measured_at = "2026-01-01T00:00:00Z";
  one.cells = {{"data_sets", R"({"sets":2})", text, ""}};
  return one;
}

SurveyTable table() {
  SurveyEvidence killed = evidence("jax", "");
  killed.cells.clear();
  killed.exit_status.reset();
  killed.reason = "It was killed.";
  return survey_table({evidence("pytorch", "2 shipped, \"a|b\""), killed},
                      {"pytorch", "jax", "keras"},
                      {{"keras", "Its environment is not installed."}});
}

const SurveyTableRow& row(const SurveyTable& survey, const std::string& question) {
  for (const SurveyTableRow& one : survey.rows) {
    if (one.question == question) {
      return one;
    }
  }
  throw std::runtime_error("no row " + question);
}

std::string printed(SurveyFormat format) {
  std::ostringstream out;
  print_survey(table(), format, out);
  return out.str();
}

TEST(SurveyTable, HasARowForEachQuestionAndACellForEachStack) {
  const SurveyTable survey = table();
  ASSERT_EQ(survey.rows.size(), survey_questions().size());
  for (const SurveyTableRow& one : survey.rows) {
    EXPECT_EQ(one.cells.size(), 3u);
  }
}

TEST(SurveyTable, LeadsFromACellToItsEvidence) {
  const SurveyTable survey = table();
  const SurveyTableCell& cell = row(survey, "data_sets").cells[0];
  EXPECT_EQ(cell.text, "2 shipped, \"a|b\"");
  EXPECT_EQ(cell.value, R"({"sets":2})");
  ASSERT_TRUE(cell.evidence);
  EXPECT_EQ(survey.evidence[*cell.evidence].stack, "pytorch");
}

TEST(SurveyTable, GivesAReasonForEveryEmptyCell) {
  const SurveyTable survey = table();
  EXPECT_EQ(row(survey, "data_sets").cells[1].reason, "It was killed.");
  EXPECT_TRUE(row(survey, "data_sets").cells[1].evidence) << "what was tried can be looked at";
  EXPECT_EQ(row(survey, "data_sets").cells[2].reason, "Its environment is not installed.");
  for (const SurveyTableRow& one : survey.rows) {
    for (const SurveyTableCell& cell : one.cells) {
      EXPECT_NE(cell.text.empty(), cell.reason.empty()) << one.question;
    }
  }
}

TEST(SurveyTable, OfAResultsFileHasTheStacksThatTheFileKnows) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path(), "survey-");
  {
    SurveyFile file(folder.path() / "s.sqlite");
    file.add(evidence("pytorch", "none"));
    file.add(evidence("jax", "none"));
  }
  const SurveyTable survey = survey_table(folder.path() / "s.sqlite");
  EXPECT_THAT(survey.stacks, testing::ElementsAre("pytorch", "jax"));
  EXPECT_EQ(row(survey, "data_sets").cells[1].text, "none");
}

TEST(SurveyText, ShowsEachQuestionWithALineAStack) {
  EXPECT_THAT(printed(SurveyFormat::Text),
              HasSubstr("Data sets\n"
                        "  Loadable by name\n"
                        "    pytorch  2 shipped, \"a|b\"\n"
                        "    jax      - (It was killed.)\n"
                        "    keras    - (Its environment is not installed.)\n"));
}

TEST(SurveyMarkdown, LinksCellsToTheEvidenceThatFollows) {
  const std::string text = printed(SurveyFormat::Markdown);
  EXPECT_THAT(text,
              HasSubstr("| Loadable by name | [2 shipped, \"a\\|b\"](#evidence-1) | [- (It "
                        "was killed.)](#evidence-2) | - (Its environment is not installed.) "
                        "|"));
  EXPECT_THAT(text, HasSubstr("<a id=\"evidence-1\"></a>"));
  EXPECT_THAT(text, HasSubstr("exit status 0"));
  EXPECT_THAT(text, HasSubstr("exit status none, it was killed"));
}

TEST(SurveyMarkdown, FencesAScriptThatHasAFenceItself) {
  EXPECT_THAT(printed(SurveyFormat::Markdown),
              HasSubstr("````\nload = '''a fence:\n```\n'''\n````\n"));
}

TEST(SurveyCsv, HasALineACellWithItsQuotesDoubled) {
  const std::string text = printed(SurveyFormat::Csv);
  EXPECT_TRUE(text.starts_with("aspect,question,title,stack,text,value,reason,"));
  EXPECT_THAT(text,
              HasSubstr("Data sets,data_sets,Loadable by name,pytorch,\"2 shipped, "
                        "\"\"a|b\"\"\",\"{\"\"sets\"\":2}\",,0,"));
  const auto lines = std::count(text.begin(), text.end(), '\n');
  EXPECT_EQ(lines, static_cast<std::ptrdiff_t>(1 + 3 * survey_questions().size()));
}

TEST(SurveyJson, HasEverything) {
  const auto document = nlohmann::json::parse(printed(SurveyFormat::Json));
  EXPECT_EQ(document["plumbline_survey"], 1);
  EXPECT_EQ(document["stacks"], (std::vector<std::string>{"pytorch", "jax", "keras"}));
  EXPECT_EQ(document["questions"].size(), survey_questions().size());
  for (const auto& question : document["questions"]) {
    if (question["question"] == "data_sets") {
      EXPECT_EQ(question["cells"][0]["value"]["sets"], 2);
      EXPECT_EQ(question["cells"][0]["evidence"], 1);
      EXPECT_EQ(question["cells"][2]["evidence"], nullptr);
    }
  }
  EXPECT_EQ(document["evidence"][0]["output"], "mnist: shipped");
  EXPECT_EQ(document["evidence"][0]["versions"]["torch"], "2.13.0");
  EXPECT_EQ(document["evidence"][1]["exit_status"], nullptr);
}

}  // namespace
}  // namespace plumbline
