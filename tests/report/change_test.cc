#include "report/change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "report/example_results.h"
#include "report/model/study_report.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class Changes : public testing::Test {
 protected:
  [[nodiscard]] ChangeReport between(const std::string& then, const std::string& now) const {
    const fs::path then_file = folder_.path() / ("then-" + then + ".sqlite");
    const fs::path now_file = folder_.path() / ("now-" + now + ".sqlite");
    write_example(then, then_file);
    write_example(now, now_file);
    return *make_report({now_file, std::nullopt, std::nullopt, {}, then_file}).changes;
  }
  static const Change& of(const ChangeReport& report, const std::string& stack) {
    for (const Change& change : report.changes) {
      if (change.stack == stack) {
        return change;
      }
    }
    throw std::runtime_error("no such stack");
  }
  TemporaryFolder folder_{fs::temp_directory_path(), "change-"};
};

TEST_F(Changes, SameResultsAreIdenticalAndNoRegression) {
  const ChangeReport report = between("trained", "trained");
  EXPECT_EQ(report.changes.size(), 4U);
  EXPECT_THAT(report.regressions, IsEmpty());
  EXPECT_EQ(of(report, "native").accuracy_verdict, PairVerdict::Identical);
  EXPECT_EQ(of(report, "native").time_verdict, PairVerdict::Equivalent);
  EXPECT_DOUBLE_EQ(*of(report, "native").time_ratio, 1);
}

// "slower" has a pytorch of version 2.1 that trains twice as long and is 20 points less accurate.
TEST_F(Changes, PlantedRegressionsAreFoundAndNamed) {
  const ChangeReport report = between("trained", "slower");
  EXPECT_EQ(report.regressions.size(), 2U);
  EXPECT_THAT(report.regressions, Contains(HasSubstr("pytorch on shapes is less accurate")));
  EXPECT_THAT(report.regressions, Contains(HasSubstr("pytorch on shapes is slower: 1.8")));
  EXPECT_THAT(report.regressions[0], HasSubstr("pytorch 2.0 -> 2.1"));
  EXPECT_EQ(of(report, "native").accuracy_verdict, PairVerdict::Identical);
}

TEST_F(Changes, GettingBetterIsNoRegression) {
  const ChangeReport report = between("slower", "trained");
  EXPECT_THAT(report.regressions, IsEmpty());
  EXPECT_EQ(of(report, "pytorch").accuracy_verdict, PairVerdict::Better);
  EXPECT_EQ(of(report, "pytorch").time_verdict, PairVerdict::Better);
}

TEST_F(Changes, StackThatTrainsNoMoreIsARegression) {
  const ChangeReport report = between("trained", "failed");
  EXPECT_EQ(report.regressions.size(), 4U);
  EXPECT_THAT(report.regressions,
              Contains(HasSubstr("native on shapes trains more seldom: 6 of 6, 0 of 6")));
}

TEST_F(Changes, NothingInCommonIsSaid) {
  const ChangeReport report = between("empty", "trained");
  EXPECT_THAT(report.changes, IsEmpty());
  EXPECT_THAT(report.regressions, IsEmpty());
  EXPECT_THAT(report.summary, Contains(HasSubstr("nothing was compared")));
}

}  // namespace
}  // namespace plumbline
