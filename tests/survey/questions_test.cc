#include "survey/questions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/files.h"

namespace plumbline {
namespace {

const std::filesystem::path kSource = PLUMBLINE_SOURCE_DIR;

TEST(Questions, HaveNamesOfTheirOwnAndAProbeThatAnswersThem) {
  std::set<std::string_view> probes;
  for (const SurveyProbe& probe : survey_probes()) {
    EXPECT_TRUE(probes.insert(probe.name).second) << probe.name;
    EXPECT_GT(probe.deadline_seconds, 0) << probe.name;
  }
  std::set<std::string_view> names;
  std::set<std::string_view> asked;
  for (const SurveyQuestion& question : survey_questions()) {
    EXPECT_TRUE(names.insert(question.name).second) << question.name;
    EXPECT_TRUE(probes.contains(question.probe)) << question.name;
    asked.insert(question.probe);
  }
  EXPECT_EQ(asked, probes) << "a probe that answers no question";
}

TEST(Questions, OfOneAspectStandTogether) {
  std::vector<std::string_view> aspects;
  for (const SurveyQuestion& question : survey_questions()) {
    if (aspects.empty() || aspects.back() != question.aspect) {
      aspects.push_back(question.aspect);
    }
  }
  EXPECT_EQ(std::set<std::string_view>(aspects.begin(), aspects.end()).size(), aspects.size());
}

TEST(Questions, AreAllAnsweredByAModuleThatNamesThem) {
  for (const SurveyQuestion& question : survey_questions()) {
    const SurveyProbe probe{question.probe, 0};
    const std::string text =
        read_file(kSource / "survey/plumbline_survey/probes" / (probe.module() + ".py"));
    EXPECT_THAT(text, testing::HasSubstr(std::string(question.name))) << question.probe;
  }
}

TEST(Questions, AreAllExplainedInTheDocumentation) {
  const std::string text = read_file(kSource / "docs/survey.md");
  for (const SurveyQuestion& question : survey_questions()) {
    EXPECT_THAT(text, testing::HasSubstr("`" + std::string(question.name) + "`"));
  }
}

TEST(Probes, WithAnArgumentNameTheirModuleBeforeTheSlash) {
  const SurveyProbe probe{"mistakes/nan_input", 1};
  EXPECT_EQ(probe.module(), "mistakes");
  EXPECT_EQ(probe.argument(), "nan_input");
  const SurveyProbe plain{"ease", 1};
  EXPECT_EQ(plain.module(), "ease");
  EXPECT_EQ(plain.argument(), "");
}

}  // namespace
}  // namespace plumbline
