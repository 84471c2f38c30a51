#include "report/run_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

StoredTrial trial(const std::string& stack,
                  std::uint64_t seed,
                  double accuracy,
                  double train_seconds) {
  StoredTrial stored;
  TrialRecord& record = stored.record;
  record.data = "mnist";
  record.stack = stack;
  record.seed = seed;
  record.outcome = Outcome::Trained;
  record.accuracy = accuracy;
  record.network_isolated = true;
  record.use = {1500000000, 10, 2};
  record.phases = {{"import", 2},
                   {"load", 1},
                   {"build", 0.5},
                   {"compile", 0.25},
                   {"train", train_seconds},
                   {"predict", 0.75},
                   {"inspect", 0.1},
                   {"residual", 0.4}};
  record.wall_seconds = train_seconds + 5;
  return stored;
}

StoredTrial failed(const std::string& stack, std::uint64_t seed) {
  StoredTrial stored = trial(stack, seed, 0, 0);
  stored.record.outcome = Outcome::Crashed;
  stored.record.accuracy.reset();
  stored.record.reason = "The worker was killed by signal 11.";
  return stored;
}

RunReport example() {
  RunReport report;
  report.study = "paper";
  report.question = "Is it as accurate everywhere?";
  report.mode = "as-shipped";
  report.threads = 2;
  report.results = "paper.results.sqlite";
  report.planned = 5;
  report.done = 4;
  report.data = summarise_trials({trial("native", 0, 0.98, 10),
                                  trial("native", 1, 0.99, 12),
                                  failed("slow", 0),
                                  trial("slow", 1, 0.97, 20)},
                                 {"mnist"},
                                 {"native", "slow", "absent"});
  return report;
}

TEST(RunReport, HeadlineTimeIsThePapersSumWithoutImport) {
  EXPECT_DOUBLE_EQ(headline_seconds(trial("native", 0, 0.98, 10).record),
                   1 + 0.5 + 0.25 + 10 + 0.75);
}

TEST(RunReport, SummarisesTrainedTrialsAndCountsTheOthers) {
  const RunReport report = example();
  const StackSummary& native = report.data[0].stacks[0];
  EXPECT_EQ(native.outcomes.at("trained"), 2U);
  EXPECT_DOUBLE_EQ(native.accuracy.mean, 0.985);
  EXPECT_DOUBLE_EQ(native.time_seconds.mean, 13.5);
  EXPECT_DOUBLE_EQ(native.phase_seconds.at("train"), 11);
  const StackSummary& slow = report.data[0].stacks[1];
  EXPECT_EQ(slow.accuracy.count, 1U);
  EXPECT_EQ(slow.outcomes.at("crashed"), 1U);
  EXPECT_THAT(slow.reasons, ElementsAre("seed 0: crashed: The worker was killed by signal 11."));
  EXPECT_FALSE(slow.accuracy_by_seed.at(0).has_value());
}

TEST(RunReport, PrintsTheTables) {
  std::ostringstream out;
  print_tables(example(), out);
  EXPECT_EQ(out.str(), R"(Is it as accurate everywhere?

mnist: 2 seeds, as-shipped, 2 threads; mean ± 1 sd over seeds

stack   test accuracy %            time  CPU time  peak memory  trials
------------------------------------------------------------------------------------
native     98.50 ± 0.71  13.5 s ± 1.4 s    12.0 s       1.5 GB  2 trained
slow              97.00          22.5 s    12.0 s       1.5 GB  1 crashed, 1 trained
absent                -               -         -            -  not run

time = load + build + compile (first step) + train + predict; import apart

seconds  import  load  build  compile  train  predict  inspect  residual  = wall
--------------------------------------------------------------------------------
native     2.00  1.00   0.50     0.25  11.00     0.75     0.10      0.40   16.00
slow       2.00  1.00   0.50     0.25  20.00     0.75     0.10      0.40   25.00

slow, seed 0: crashed: The worker was killed by signal 11.
4 of 5 trials done. Results: paper.results.sqlite
)");
}

TEST(RunReport, MarksTimesThatWereMeasuredUnderLoadAndWorkersWithANetwork) {
  StoredTrial loaded = trial("native", 0, 0.98, 10);
  loaded.record.other_load = 0.9;
  loaded.record.network_isolated = false;
  RunReport report;
  report.data = summarise_trials({loaded}, {"mnist"}, {"native"});
  std::ostringstream out;
  print_tables(report, out);
  EXPECT_THAT(out.str(), HasSubstr("12.5 s *"));
  EXPECT_THAT(out.str(), HasSubstr("1 trial ran while other programs kept the machine busy"));
  EXPECT_THAT(out.str(), HasSubstr("could have reached a network"));
}

TEST(RunReport, JsonHasWhatTheDocumentPromises) {
  std::ostringstream out;
  print_json(example(), out);
  const nlohmann::json document = nlohmann::json::parse(out.str());
  EXPECT_EQ(document["plumbline_run"], 1);
  const nlohmann::json& slow = document["data"][0]["stacks"][1];
  EXPECT_EQ(slow["stack"], "slow");
  EXPECT_TRUE(slow["accuracy"]["by_seed"]["0"].is_null());
  EXPECT_EQ(slow["accuracy"]["by_seed"]["1"], 0.97);
  EXPECT_TRUE(slow["accuracy"]["sd"].is_null());
  EXPECT_EQ(slow["phase_seconds"]["train"], 20);
  EXPECT_EQ(document["data"][0]["stacks"][2]["accuracy"]["n"], 0);
  EXPECT_TRUE(document["data"][0]["stacks"][2]["accuracy"]["mean"].is_null());
}

}  // namespace
}  // namespace plumbline
