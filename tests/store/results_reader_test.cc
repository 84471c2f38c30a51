#include "store/results_reader.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "store/results_file.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Reader : public testing::Test {
 protected:
  [[nodiscard]] fs::path path() const { return folder_.path() / "r.sqlite"; }

  static TrialRecord record(const std::string& key) {
    TrialRecord trial;
    trial.key = key;
    trial.data = "mnist";
    trial.stack = "native";
    trial.seed = 3;
    trial.mode = "as-shipped";
    trial.outcome = Outcome::Trained;
    trial.detail = "detail";
    trial.accuracy = 0.975;
    trial.test_images = 3;
    trial.standard_error = "0123456789";
    trial.phases = {{"train", 2.0}, {"residual", 0.5}};
    trial.curve = {{1, 2.3}, {120, std::nan("")}};
    trial.settings = {{"optimizer.epsilon", "1e-08"}};
    trial.versions = {{"torch", "2.13.0"}};
    trial.correct = {5};
    trial.predicted_class = {1, 2, 3};
    return trial;
  }

  void store(const TrialRecord& trial) const {
    ResultsFile file(path(), ResultsFile::Access::Write);
    const std::int64_t run = file.begin_run({"text", "as-shipped", 2, "{}", "2026-01-01"});
    file.add_trial(run, trial);
    file.end_run(run, "2026-01-02");
  }

  void change(const std::string& sql) const {
    SQLite::Database(path().string(), SQLite::OPEN_READWRITE).exec(sql);
  }

  template <typename Read>
  std::string message_of(const Read& read) const {
    try {
      read(ResultsReader(path()));
    } catch (const EnvironmentError& error) {
      return error.what();
    }
    return "no error";
  }

  TemporaryFolder folder_{fs::temp_directory_path(), "reader-"};
};

TEST_F(Reader, GivesBackRunsTrialsAndTheirDetails) {
  store(record("k1"));
  const ResultsReader reader(path());
  const std::vector<StoredRun> runs = reader.runs();
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].record.study_text, "text");
  EXPECT_EQ(runs[0].ended_at, "2026-01-02");
  const std::vector<StoredTrial> trials = reader.trials();
  ASSERT_EQ(trials.size(), 1U);
  EXPECT_EQ(trials[0].run_id, runs[0].id);
  EXPECT_EQ(trials[0].record.phases, record("k1").phases);
  EXPECT_EQ(trials[0].record.settings, record("k1").settings);
  EXPECT_EQ(trials[0].record.versions, record("k1").versions);
  const std::vector<CurvePoint> curve = reader.curve(trials[0].id);
  ASSERT_EQ(curve.size(), 2U);
  EXPECT_EQ(curve[0].loss, 2.3);
  EXPECT_EQ(curve[1].step, 120);
  EXPECT_FALSE(curve[1].loss.has_value());
  const std::optional<StoredPrediction> prediction = reader.prediction(trials[0].id, 3);
  ASSERT_TRUE(prediction.has_value());
  EXPECT_THAT(prediction->correct, ElementsAre(5));
  EXPECT_THAT(prediction->predicted_class, ElementsAre(1, 2, 3));
}

TEST_F(Reader, LeavesOutWhatWasSuperseded) {
  TrialRecord crashed = record("k1");
  crashed.outcome = Outcome::Crashed;
  store(crashed);
  store(record("k1"));
  const std::vector<StoredTrial> trials = ResultsReader(path()).trials();
  ASSERT_EQ(trials.size(), 1U);
  EXPECT_EQ(trials[0].record.outcome, Outcome::Trained);
}

TEST_F(Reader, GivesTheEndOfALongLog) {
  store(record("k1"));
  const ResultsReader reader(path());
  EXPECT_EQ(reader.log(1, 4).standard_error, "6789");
  EXPECT_EQ(reader.log(1, 100).standard_error, "0123456789");
  EXPECT_EQ(reader.log(1, 100).detail, "detail");
  EXPECT_EQ(reader.log(99, 100).detail, "");
}

TEST_F(Reader, GivesNoPredictionWhoseSizesDoNotFit) {
  store(record("k1"));
  const ResultsReader reader(path());
  EXPECT_FALSE(reader.prediction(1, 4).has_value());
  EXPECT_FALSE(reader.prediction(1, 9).has_value());
  EXPECT_FALSE(reader.prediction(99, 3).has_value());
  change("UPDATE prediction SET correct = x''");
  EXPECT_FALSE(ResultsReader(path()).prediction(1, 3).has_value());
}

TEST_F(Reader, TextsComeBackAsValidUtf8) {
  TrialRecord trial = record("k1");
  trial.stack =
      "a\xff"
      "b";
  trial.reason = "tab\tand \x1b[31mred";
  trial.settings = {{"\xc3\x28", "\"\xed\xa0\x80\""}};
  store(trial);
  const TrialRecord read = ResultsReader(path()).trials()[0].record;
  EXPECT_EQ(read.stack,
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(read.reason, "tab\tand \xEF\xBF\xBD[31mred");
  EXPECT_EQ(read.settings.begin()->first, "\xEF\xBF\xBD(");
}

TEST_F(Reader, RefusesValuesThatNoTrialCanHave) {
  const struct {
    std::string sql;
    std::string expected;
  } cases[] = {
      {"UPDATE trial SET accuracy = 3", "impossible accuracy"},
      {"UPDATE trial SET accuracy = -0.1", "impossible accuracy"},
      {"UPDATE trial SET wall_seconds = 9e999", "impossible wall_seconds"},
      {"UPDATE trial SET other_load = -1", "impossible other_load"},
      {"UPDATE trial SET peak_resident_bytes = -1", "impossible peak_resident_bytes"},
      {"UPDATE trial SET test_images = -1", "impossible test_images"},
      {"UPDATE trial SET outcome = 'excellent'", "unknown outcome 'excellent'"},
      {"DROP TABLE setting", "no such table: setting"},
  };
  for (const auto& [sql, expected] : cases) {
    fs::remove(path());
    store(record("k1"));
    change(sql);
    EXPECT_THAT(message_of([](const ResultsReader& reader) { (void)reader.trials(); }),
                HasSubstr(expected));
  }
}

TEST_F(Reader, SaysThatAFileIsDamagedNewerOrNotThere) {
  EXPECT_THAT(message_of([](const ResultsReader&) {}), HasSubstr("There is no results file"));
  write_file(path(), std::string(5000, 'x'));
  EXPECT_THAT(message_of([](const ResultsReader&) {}), HasSubstr("is damaged or is not a results"));
  write_file(path(), "");
  EXPECT_THAT(message_of([](const ResultsReader&) {}), HasSubstr("is not a results file"));
  fs::remove(path());
  store(record("k1"));
  change("PRAGMA user_version = 7");
  EXPECT_THAT(message_of([](const ResultsReader&) {}), HasSubstr("written by a newer Plumbline"));
}

// Every page but the first is overwritten in turn: a sentence or the whole answer, never a crash.
TEST_F(Reader, SurvivesDamageToAnyPage) {
  store(record("k1"));
  const std::string whole = read_file(path());
  constexpr std::size_t kPage = 4096;
  std::size_t sentences = 0;
  for (std::size_t page = 1; page < whole.size() / kPage; ++page) {
    std::string damaged = whole;
    damaged.replace(page * kPage, kPage, std::string(kPage, '\xa5'));
    write_file(path(), damaged);
    const std::string message = message_of([](const ResultsReader& reader) {
      (void)reader.runs();
      for (const StoredTrial& trial : reader.trials()) {
        (void)reader.curve(trial.id);
        (void)reader.prediction(trial.id, trial.record.test_images);
        (void)reader.log(trial.id, 100);
      }
    });
    sentences += message != "no error" ? 1 : 0;
  }
  EXPECT_GE(sentences, 7U);  // at least one for each table
}

TEST_F(Reader, ReadsAFileWhoseWriterDiedInATransactionAsOfBeforeIt) {
  store(record("k1"));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    SQLite::Database database(path().string(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA cache_size = 1");  // so that half of it reaches the file
    database.exec("BEGIN");
    database.exec("UPDATE trial SET accuracy = 0");
    for (int row = 0; row < 200; ++row) {
      database.exec(
          "INSERT INTO run SELECT NULL, hex(zeroblob(4000)), mode, threads, "
          "plumbline_version, machine, started_at, ended_at, until_settled FROM run LIMIT 1");
    }
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(fs::exists(path().string() + "-journal"));
  const ResultsReader reader(path());
  EXPECT_EQ(reader.runs().size(), 1U);
  EXPECT_EQ(reader.trials()[0].record.accuracy, 0.975);
}

TEST_F(Reader, OfAFileWithoutTrialsGivesNone) {
  {
    const ResultsFile file(path(), ResultsFile::Access::Write);
  }
  const ResultsReader reader(path());
  EXPECT_THAT(reader.trials(), IsEmpty());
  EXPECT_THAT(reader.runs(), IsEmpty());
}

TEST_F(Reader, TellsRunsThatWentOnUntilSettled) {
  {
    ResultsFile file(path(), ResultsFile::Access::Write);
    file.begin_run({"text", "as-shipped", 2, "{}", "2026-01-01"});
    file.begin_run({"text", "as-shipped", 2, "{}", "2026-01-02", true});
  }
  const std::vector<StoredRun> runs = ResultsReader(path()).runs();
  EXPECT_FALSE(runs[0].record.until_settled);
  EXPECT_TRUE(runs[1].record.until_settled);
}

// Version 1 is what stands here without the column that version 2 added.
TEST_F(Reader, ReadsAFileOfVersion1AndAWriterBringsItToThisOne) {
  store(record("k"));
  change("ALTER TABLE run DROP COLUMN until_settled; PRAGMA user_version = 1");
  EXPECT_FALSE(ResultsReader(path()).runs().front().record.until_settled);
  store(record("l"));
  EXPECT_EQ(ResultsReader(path()).runs().size(), 2U);
  EXPECT_EQ(ResultsReader(path()).trials().size(), 2U);
}

}  // namespace
}  // namespace plumbline
