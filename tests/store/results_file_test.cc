#include "store/results_file.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/files.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Results : public testing::Test {
 protected:
  [[nodiscard]] fs::path path() const { return folder_.path() / "r.sqlite"; }

  static TrialRecord record() {
    TrialRecord trial;
    trial.key = "k1";
    trial.data = "mnist";
    trial.stack = "native";
    trial.device = "cpu";
    trial.seed = 3;
    trial.mode = "as-shipped";
    trial.outcome = Outcome::Trained;
    trial.steps = 120;
    trial.final_loss = 0.25;
    trial.accuracy = 0.975;
    trial.test_images = 3;
    trial.wall_seconds = 2.5;
    trial.use = {1000, 1.5, 0.5};
    trial.phases = {{"train", 2.0}, {"residual", 0.5}};
    trial.curve = {{1, 2.3}, {120, std::nan("")}};
    trial.settings = {{"optimizer.epsilon", "1e-08"}};
    trial.versions = {{"torch", "2.13.0"}};
    trial.correct = {5};
    trial.predicted_class = {1, 2, 3};
    return trial;
  }

  static RunRecord run() { return {"text", "as-shipped", 2, "{}", "2026-01-01T00:00:00Z"}; }

  std::string message_on_opening(ResultsFile::Access access) {
    try {
      const ResultsFile file(path(), access);
    } catch (const EnvironmentError& error) {
      return error.what();
    }
    return "no error";
  }

  TemporaryFolder folder_{fs::temp_directory_path(), "results-"};
};

TEST_F(Results, GivesBackWhatWasStored) {
  {
    ResultsFile file(path(), ResultsFile::Access::Write);
    file.add_trial(file.begin_run(run()), record());
  }
  const ResultsFile file(path(), ResultsFile::Access::Read);
  const std::optional<StoredTrial> stored = file.find_trial("k1");
  ASSERT_TRUE(stored.has_value());
  EXPECT_EQ(stored->record.outcome, Outcome::Trained);
  EXPECT_EQ(stored->record.seed, 3U);
  EXPECT_EQ(stored->record.accuracy, 0.975);
  EXPECT_EQ(stored->record.final_loss, 0.25);
  EXPECT_EQ(stored->record.phases, record().phases);
  EXPECT_EQ(stored->record.versions, record().versions);
  EXPECT_EQ(stored->record.use.peak_resident_bytes, 1000);
  EXPECT_FALSE(file.find_trial("k2").has_value());
}

TEST_F(Results, EveryOutcomeComesBackAsItself) {
  ResultsFile file(path(), ResultsFile::Access::Write);
  const std::int64_t run_id = file.begin_run(run());
  for (const Outcome outcome : {Outcome::Trained,
                                Outcome::Diverged,
                                Outcome::Unsupported,
                                Outcome::Failed,
                                Outcome::Crashed,
                                Outcome::TimedOut,
                                Outcome::OutOfMemory,
                                Outcome::ProtocolError,
                                Outcome::Untrusted}) {
    TrialRecord trial = record();
    trial.key = outcome_name(outcome);
    trial.outcome = outcome;
    file.add_trial(run_id, trial);
    EXPECT_EQ(file.find_trial(trial.key)->record.outcome, outcome);
  }
}

TEST_F(Results, NumbersThatAreNotFiniteAreStoredAsNull) {
  ResultsFile file(path(), ResultsFile::Access::Write);
  TrialRecord trial = record();
  trial.final_loss = INFINITY;
  trial.accuracy.reset();
  file.add_trial(file.begin_run(run()), trial);
  EXPECT_FALSE(file.find_trial("k1")->record.final_loss.has_value());
  EXPECT_FALSE(file.find_trial("k1")->record.accuracy.has_value());
}

TEST_F(Results, SecondTrialUnderAKeySupersedesTheFirstAndBothStay) {
  {
    ResultsFile file(path(), ResultsFile::Access::Write);
    const std::int64_t run_id = file.begin_run(run());
    TrialRecord failed = record();
    failed.outcome = Outcome::Crashed;
    file.add_trial(run_id, failed);
    file.add_trial(run_id, record());
    EXPECT_EQ(file.find_trial("k1")->record.outcome, Outcome::Trained);
  }
  SQLite::Database database(path().string());
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM trial").getInt(), 2);
  EXPECT_EQ(database.execAndGet("SELECT superseded FROM trial WHERE outcome = 'crashed'").getInt(),
            1);
}

TEST_F(Results, TextThatLooksLikeSqlIsOnlyText) {
  ResultsFile file(path(), ResultsFile::Access::Write);
  TrialRecord trial = record();
  trial.stack = "x'); DROP TABLE trial; --";
  file.add_trial(file.begin_run(run()), trial);
  EXPECT_EQ(file.find_trial("k1")->record.stack, trial.stack);
}

TEST_F(Results, AllowOneWriterAndAnyReader) {
  const ResultsFile writer(path(), ResultsFile::Access::Write);
  EXPECT_THAT(message_on_opening(ResultsFile::Access::Write),
              HasSubstr("Another run is writing to"));
  EXPECT_EQ(message_on_opening(ResultsFile::Access::Read), "no error");
}

TEST_F(Results, RefuseWhatIsNotTheirsInSentences) {
  const struct {
    std::string sql;
    std::string expected;
  } cases[] = {
      {"CREATE TABLE t (a); PRAGMA user_version = 1", "is not a results file of Plumbline"},
      {"CREATE TABLE t (a); PRAGMA application_id = 1347179853; PRAGMA user_version = 7",
       "written by a newer Plumbline"},
  };
  for (const auto& [sql, expected] : cases) {
    fs::remove(path());
    SQLite::Database(path().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
    EXPECT_THAT(message_on_opening(ResultsFile::Access::Write), HasSubstr(expected));
    EXPECT_THAT(message_on_opening(ResultsFile::Access::Read), HasSubstr(expected));
  }
  write_file(path(), std::string(5000, 'x'));
  EXPECT_THAT(message_on_opening(ResultsFile::Access::Write),
              HasSubstr("is damaged or is not a results file"));
  EXPECT_EQ(read_file(path()), std::string(5000, 'x'));
}

TEST_F(Results, ThatDoNotExistCannotBeRead) {
  EXPECT_THAT(message_on_opening(ResultsFile::Access::Read), HasSubstr("There is no results file"));
}

}  // namespace
}  // namespace plumbline
