#include "comparison/trial_table.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "store/results_file.h"

namespace plumbline {
namespace {

TrialRecord trained(const std::string& stack, std::uint64_t seed, double accuracy) {
  TrialRecord record;
  record.key = stack + std::to_string(seed);
  record.data = "mnist";
  record.stack = stack;
  record.seed = seed;
  record.mode = "as-shipped";
  record.outcome = Outcome::Trained;
  record.accuracy = accuracy;
  record.test_images = 8;
  record.phases = {{"train", 2.0}, {"import", 100.0}};
  return record;
}

TEST(TrialTableTest, PairsTrialsBySeedWhateverTheirOrder) {
  TrialTable table("mnist", {"a", "b"});
  for (const std::uint64_t seed : {7, 2, 5}) {
    table.add(trained("b", seed, 0.5), 1, {});
  }
  for (const std::uint64_t seed : {2, 5, 7}) {
    table.add(trained("a", seed, 0.5 + 0.01 * static_cast<double>(seed)), 1, {});
  }
  const Comparison comparison = table.compare({});
  EXPECT_EQ(comparison.pairs.front().accuracy.seeds, 3U);
  EXPECT_NEAR(*comparison.pairs.front().accuracy.difference, 0.01 * 14 / 3, 1e-12);
}

TEST(TrialTableTest, IgnoresOtherDataSetsAndStacks) {
  TrialTable table("mnist", {"a"});
  TrialRecord other = trained("a", 0, 0.1);
  other.data = "cifar";
  table.add(other, 1, {});
  table.add(trained("c", 0, 0.1), 1, {});
  EXPECT_TRUE(table.compare({}).ranking.empty());
}

TEST(TrialTableTest, CountsEveryOutcomeAndDropsNone) {
  TrialTable table("mnist", {"a"});
  std::uint64_t seed = 0;
  for (const Outcome outcome : {Outcome::Trained,
                                Outcome::Diverged,
                                Outcome::Crashed,
                                Outcome::TimedOut,
                                Outcome::OutOfMemory,
                                Outcome::ProtocolError,
                                Outcome::Untrusted,
                                Outcome::Failed,
                                Outcome::Unsupported}) {
    TrialRecord record = trained("a", seed++, 0.9);
    record.outcome = outcome;
    table.add(record, 1, {});
  }
  const StackStanding standing = table.compare({}).stacks.front();
  EXPECT_EQ(standing.accuracy.count, 1U);
  EXPECT_EQ(standing.failures.trials, 8U);
  EXPECT_EQ(standing.failures.diverged, 1U);
  EXPECT_EQ(standing.failures.failed, 6U);
}

TEST(TrialTableTest, ComparesHeadlineTimesOfBlocksThatRanInOneRun) {
  TrialTable table("mnist", {"a", "b"});
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    table.add(trained("a", seed, 0.9), 1, {});
    table.add(trained("b", seed, 0.9), seed == 2 ? 2 : 1, {});
  }
  const Comparison comparison = table.compare({});
  EXPECT_EQ(comparison.pairs.front().time.seeds, 3U);
  EXPECT_EQ(comparison.stacks.front().seconds.mean, 2.0);  // without import
}

TEST(TrialTableTest, CallsStacksIdenticalOnlyWhereTheBitsAreKnown) {
  TrialTable with_bits("mnist", {"a", "b"});
  TrialTable without("mnist", {"a", "b"});
  for (const char* const stack : {"a", "b"}) {
    with_bits.add(trained(stack, 0, 0.5), 1, {0x0f});
    without.add(trained(stack, 0, 0.5), 1, {});
  }
  EXPECT_EQ(with_bits.compare({}).pairs.front().accuracy.verdict, PairVerdict::Identical);
  EXPECT_EQ(without.compare({}).pairs.front().accuracy.verdict, PairVerdict::Undecided);
}

TEST(TrialTableTest, TakesTheStudysRulesInShares) {
  ComparisonRules rules;
  rules.accuracy_margin_points = 0.2;
  rules.time_margin_percent = 5;
  rules.confidence = 0.9;
  rules.reference = "b";
  const ComparisonSettings settings = comparison_settings(rules, {"a", "b"}, Looks::Once);
  EXPECT_DOUBLE_EQ(*settings.accuracy_margin, 0.002);
  EXPECT_DOUBLE_EQ(*settings.time_margin, 0.05);
  EXPECT_EQ(settings.confidence, 0.9);
  EXPECT_EQ(settings.reference, 1U);
  EXPECT_FALSE(comparison_settings(rules, {"a", "c"}, Looks::Once).reference.has_value());
}

TEST(TrialTableTest, ReadsStoredTrialsWithTheirBitsAndHowTheyWereWatched) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path(), "plumbline-test-");
  const std::filesystem::path path = folder.path() / "r.sqlite";
  {
    ResultsFile file(path, ResultsFile::Access::Write);
    const std::int64_t run = file.begin_run({"", "as-shipped", 1, "{}", "", true});
    for (const char* const stack : {"a", "b"}) {
      TrialRecord record = trained(stack, 0, 0.5);
      record.correct = {0x0f};
      record.predicted_class.assign(8, 0);
      file.add_trial(run, record);
    }
    file.begin_run({"", "as-shipped", 1, "{}", ""});
  }
  const ResultsReader reader(path);
  const std::vector<StoredTrial> trials = reader.trials();
  const Comparison comparison = compare_trials(trials, {"mnist", {"a", "b"}}, {}, reader);
  EXPECT_EQ(comparison.pairs.front().accuracy.verdict, PairVerdict::Identical);
  EXPECT_EQ(looks_at(trials, reader.runs()), Looks::AfterEveryBlock);
  EXPECT_EQ(looks_at({}, reader.runs()), Looks::Once);
}

}  // namespace
}  // namespace plumbline
