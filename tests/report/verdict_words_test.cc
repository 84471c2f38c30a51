#include "report/verdict_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "report/comparison_json.h"
#include "report/run_report.h"

namespace plumbline {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const PairNames kNames{"native", "pytorch"};

AccuracyComparison five_seeds() {
  AccuracyComparison accuracy;
  accuracy.exploratory = false;
  accuracy.seeds = 5;
  accuracy.difference = 0.0084;
  accuracy.interval = Interval{0.0021, 0.0147, 0.95};
  accuracy.equivalence_interval = Interval{0.0031, 0.0137, 0.9};
  accuracy.detectable_difference = 0.0095;
  return accuracy;
}

TEST(VerdictWords, SayWhatIsMoreAccurateAndByHowMuch) {
  AccuracyComparison accuracy = five_seeds();
  accuracy.verdict = PairVerdict::Better;
  EXPECT_EQ(accuracy_sentence(kNames, accuracy, {}),
            "native is more accurate than pytorch by 0.84 points (95% interval 0.21 to 1.47; 5 "
            "seeds).");
  accuracy.verdict = PairVerdict::Worse;
  accuracy.difference = -0.0084;
  accuracy.interval = Interval{-0.0147, -0.0021, 0.95};
  EXPECT_EQ(accuracy_sentence(kNames, accuracy, {}),
            "native is less accurate than pytorch by 0.84 points (95% interval 0.21 to 1.47; 5 "
            "seeds).");
}

TEST(VerdictWords, SayOfTheUndecidedWhatItWouldTake) {
  AccuracyComparison accuracy = five_seeds();
  accuracy.difference = -0.0012;
  accuracy.interval = Interval{-0.0075, 0.0051, 0.95};
  accuracy.needed_seeds = 37;
  EXPECT_EQ(
      accuracy_sentence(kNames, accuracy, {}),
      "Undecided whether native is as accurate as pytorch: 0.12 points less (95% interval "
      "-0.51 to 0.75; 5 seeds). A difference of 0.95 points would have been seen with a chance "
      "of 90%. It would take about 37 seeds to decide.");
}

TEST(VerdictWords, MarkWhatIsExploratory) {
  AccuracyComparison accuracy;
  accuracy.seeds = 1;
  accuracy.difference = 0.01;
  EXPECT_EQ(accuracy_sentence(kNames, accuracy, {}),
            "Undecided whether native is as accurate as pytorch: 1.00 points more with 1 seed, too "
            "few for an interval. Exploratory: fewer than 5 seeds.");
  EXPECT_EQ(verdict_words(PairVerdict::Worse, true), "worse, exploratory");
  EXPECT_EQ(verdict_words(PairVerdict::Worse, false), "worse");
}

TEST(VerdictWords, NameTheMarginOfEquivalence) {
  AccuracyComparison accuracy = five_seeds();
  accuracy.verdict = PairVerdict::Equivalent;
  accuracy.difference = -0.0002;
  accuracy.equivalence_interval = Interval{-0.001, 0.0006, 0.9};
  EXPECT_EQ(accuracy_sentence(kNames, accuracy, {.accuracy_margin = 0.002}),
            "native and pytorch are equivalent in accuracy: their difference of -0.02 points (90% "
            "interval -0.10 to 0.06; 5 seeds) stays below the margin of 0.2.");
}

TEST(VerdictWords, CallIdenticalWhatIs) {
  AccuracyComparison accuracy;
  accuracy.verdict = PairVerdict::Identical;
  accuracy.exploratory = false;
  accuracy.seeds = 5;
  EXPECT_EQ(accuracy_sentence(kNames, accuracy, {}),
            "native and pytorch gave identical predictions, right and wrong, with 5 seeds.");
}

TEST(VerdictWords, CompareTimes) {
  TimeComparison time;
  EXPECT_EQ(time_sentence(kNames, time, {}), "");
  time.seeds = 5;
  time.ratio = 0.43;
  time.needed_seeds = 6;
  EXPECT_EQ(
      time_sentence(kNames, time, {}),
      "Undecided which is faster: native took 0.43 times the time of pytorch (5 seeds, too few "
      "for an interval). It would take at least 6 seeds to decide.");
  time.seeds = 8;
  time.interval = Interval{0.41, 0.46, 0.95};
  time.verdict = PairVerdict::Better;
  EXPECT_EQ(
      time_sentence(kNames, time, {}),
      "native is faster: it takes 0.43 times the time of pytorch (95% interval 0.41 to 0.46; 8 "
      "seeds).");
}

TEST(VerdictWords, SpeakOfFailuresOnlyWhereTheyDiffer) {
  FailureComparison failures;
  failures.p_holm = 0.001;
  EXPECT_EQ(failure_sentence(kNames, failures), "");
  failures.verdict = PairVerdict::Worse;
  EXPECT_EQ(failure_sentence(kNames, failures),
            "native fails to train more often than pytorch (p = 0.001).");
}

// No verdict is ever worded as sameness.
TEST(VerdictWords, NeverSayTheSame) {
  for (const PairVerdict verdict : {PairVerdict::Better,
                                    PairVerdict::Worse,
                                    PairVerdict::Equivalent,
                                    PairVerdict::Undecided,
                                    PairVerdict::Identical}) {
    AccuracyComparison accuracy = five_seeds();
    accuracy.verdict = verdict;
    EXPECT_THAT(accuracy_sentence(kNames, accuracy, {.accuracy_margin = 0.1}),
                AllOf(Not(HasSubstr("same")), Not(HasSubstr("no difference"))));
  }
}

// Two stacks, six seeds; the second is less accurate by a point, give or take a tenth, and slower.
TrialMatrix two_stacks() {
  TrialMatrix matrix;
  matrix.stacks = 2;
  matrix.seeds = 6;
  for (std::size_t trial = 0; trial < 12; ++trial) {
    TrialResult result;
    result.state = TrialState::Trained;
    const double wobble = 0.001 * static_cast<double>(trial % 6);
    result.accuracy = trial < 6 ? 0.98 : 0.97 + wobble / 3;
    result.seconds = trial < 6 ? 1 : 2 + wobble;
    matrix.results.push_back(result);
  }
  return matrix;
}

TEST(VerdictWords, OfAWholeTableAreAgainstWhoLeads) {
  const std::vector<std::string> sentences =
      verdict_sentences(compare_stacks(two_stacks(), {}), {"native", "pytorch"});
  ASSERT_EQ(sentences.size(), 3U);
  EXPECT_THAT(sentences[0], HasSubstr("pytorch is less accurate than native by 0.92 points"));
  EXPECT_THAT(sentences[1], HasSubstr("pytorch is slower: it takes 2 times the time of native"));
  EXPECT_EQ(sentences[2], "The ranking by accuracy is settled.");
}

TEST(VerdictWords, StandInTheTableBesideTheFigures) {
  RunReport report;
  report.data.resize(1);
  for (const char* const name : {"native", "pytorch"}) {
    StackSummary stack;
    stack.stack = name;
    report.data[0].stacks.push_back(stack);
  }
  report.data[0].comparison = compare_stacks(two_stacks(), {});
  std::ostringstream out;
  print_tables(report, out);
  EXPECT_THAT(out.str(), HasSubstr("In accuracy, in time: against the stack that leads."));
  EXPECT_THAT(out.str(), testing::ContainsRegex("native .*leads .*leads"));
  EXPECT_THAT(out.str(), testing::ContainsRegex("pytorch .*worse .*worse"));
}

TEST(ComparisonJson, HasEveryPairWithItsNamesAndNullForWhatIsNotKnown) {
  const nlohmann::ordered_json json =
      comparison_json(compare_stacks(two_stacks(), {.reference = 1}), {"native", "pytorch"});
  EXPECT_EQ(json["settings"]["reference"], "pytorch");
  EXPECT_EQ(json["settings"]["accuracy_margin"], nullptr);
  EXPECT_EQ(json["settings"]["looks"], "once");
  EXPECT_EQ(json["ranking"], (std::vector<std::string>{"native", "pytorch"}));
  EXPECT_EQ(json["settled"], true);
  const auto& pair = json["pairs"][0];
  EXPECT_EQ(pair["first"], "native");
  EXPECT_EQ(pair["accuracy"]["verdict"], "better");
  EXPECT_EQ(pair["accuracy"]["method"], "paired t");
  EXPECT_EQ(pair["accuracy"]["interval"]["confidence"], 0.95);
  EXPECT_EQ(pair["accuracy"]["equivalence_interval"]["confidence"], 0.9);
  EXPECT_EQ(pair["accuracy"]["new_test_set_interval"], nullptr);
  EXPECT_EQ(pair["time"]["verdict"], "better");
  EXPECT_EQ(pair["failures"]["verdict"], "undecided");
}

}  // namespace
}  // namespace plumbline
