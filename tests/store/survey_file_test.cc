#include "store/survey_file.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "store/results_file.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class SurveyInFile : public testing::Test {
 protected:
  [[nodiscard]] fs::path path() const { return folder_.path() / "s.sqlite"; }

  static SurveyEvidence evidence(const std::string& key, const std::string& stack = "pytorch") {
    SurveyEvidence one;
    one.key = key;
    one.stack = stack;
    one.probe = "mistakes/nan_input";
    one.command = "python -m plumbline_survey mistakes request.json";
    one.script = "import torch\n";
    one.output = "test accuracy 25.00 %\n";
    one.exit_status = 0;
    one.versions = R"({"torch":"2.13.0"})";
    one.network_isolated = true;
    one.wall_seconds = 3.5;
    one.measured_at = "2026-01-01T00:00:00Z";
    one.cells = {{"nan_input", R"({"outcome":"trains"})", "trains silently", ""}};
    return one;
  }

  TemporaryFolder folder_{fs::temp_directory_path(), "survey-"};
};

TEST_F(SurveyInFile, GivesBackWhatWasStored) {
  SurveyFile(path()).add(evidence("k"));
  const std::vector<SurveyEvidence> survey = read_survey(path());
  ASSERT_EQ(survey.size(), 1u);
  const SurveyEvidence& one = survey.front();
  EXPECT_EQ(one.stack, "pytorch");
  EXPECT_EQ(one.probe, "mistakes/nan_input");
  EXPECT_EQ(one.script, "import torch\n");
  EXPECT_EQ(one.output, "test accuracy 25.00 %\n");
  EXPECT_EQ(one.exit_status, 0);
  EXPECT_EQ(one.versions, R"({"torch":"2.13.0"})");
  EXPECT_TRUE(one.network_isolated);
  EXPECT_EQ(one.wall_seconds, 3.5);
  ASSERT_EQ(one.cells.size(), 1u);
  EXPECT_EQ(one.cells.front().question, "nan_input");
  EXPECT_EQ(one.cells.front().value, R"({"outcome":"trains"})");
  EXPECT_EQ(one.cells.front().text, "trains silently");
}

TEST_F(SurveyInFile, KeepsThatAProbeWasKilledAndWhy) {
  SurveyEvidence killed = evidence("k");
  killed.exit_status.reset();
  killed.reason = "It was not done within 1 s and was killed.";
  killed.cells.clear();
  SurveyFile(path()).add(killed);
  const SurveyEvidence one = read_survey(path()).front();
  EXPECT_FALSE(one.exit_status);
  EXPECT_EQ(one.reason, killed.reason);
  EXPECT_TRUE(one.cells.empty());
}

TEST_F(SurveyInFile, FindsEvidenceByItsKey) {
  SurveyFile file(path());
  file.add(evidence("k"));
  ASSERT_TRUE(file.find("k"));
  EXPECT_EQ(file.find("k")->stack, "pytorch");
  EXPECT_FALSE(file.find("other"));
}

TEST_F(SurveyInFile, NewerEvidenceOfTheSameProbeAndStackTakesThePlaceOfTheOlder) {
  {
    SurveyFile file(path());
    file.add(evidence("old"));
    file.add(evidence("of another stack", "jax"));
    file.add(evidence("new"));
    EXPECT_FALSE(file.find("old"));
  }
  std::vector<std::string> keys;
  for (const SurveyEvidence& one : read_survey(path())) {
    keys.push_back(one.key);
  }
  EXPECT_THAT(keys, testing::ElementsAre("of another stack", "new"));
}

TEST_F(SurveyInFile, StandsInTheSameFileAsTrials) {
  {
    ResultsFile results(path(), ResultsFile::Access::Write);
    results.begin_run({"text", "as-shipped", 2, "{}", "2026-01-01T00:00:00Z"});
  }
  EXPECT_TRUE(read_survey(path()).empty()) << "a file of trials alone has no survey";
  SurveyFile(path()).add(evidence("k"));
  EXPECT_EQ(read_survey(path()).size(), 1u);
  const ResultsFile results(path(), ResultsFile::Access::Write);
  EXPECT_FALSE(results.find_trial("none"));
}

TEST_F(SurveyInFile, IsHeldAgainstASecondWriter) {
  const SurveyFile file(path());
  EXPECT_THROW(SurveyFile{path()}, EnvironmentError);
  EXPECT_THROW((ResultsFile{path(), ResultsFile::Access::Write}), EnvironmentError);
}

TEST_F(SurveyInFile, OfANewerFormatIsRefusedInASentence) {
  SurveyFile(path()).add(evidence("k"));
  SQLite::Database(path().string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE survey_format SET version = 99");
  try {
    static_cast<void>(read_survey(path()));
    FAIL() << "it was read";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("its format is 99"));
  }
}

TEST_F(SurveyInFile, IsNotLookedForInWhatIsNoResultsFile) {
  write_file(path(), "This is text, and long enough to be no SQLite file.");
  EXPECT_THROW(static_cast<void>(read_survey(path())), EnvironmentError);
  EXPECT_THROW(static_cast<void>(read_survey(folder_.path() / "none")), EnvironmentError);
}

}  // namespace
}  // namespace plumbline
