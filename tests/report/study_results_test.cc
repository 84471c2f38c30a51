#include "report/model/study_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/example_results.h"

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const ExampleShape kShape{2, 2, 60, 2};

StoredRun run(std::int64_t id) {
  StoredRun stored;
  stored.id = id;
  stored.record.study_text = example_study(kShape);
  stored.record.mode = "as-shipped";
  stored.record.threads = 2;
  stored.record.machine = R"({"processor":"A"})";
  return stored;
}

StoredTrial trial(std::int64_t id, std::int64_t run_id, std::size_t stack, std::uint64_t seed) {
  StoredTrial stored;
  stored.id = id;
  stored.run_id = run_id;
  stored.record = example_trial(kShape, stack, seed);
  return stored;
}

StudyResults select(const std::vector<StoredRun>& runs, const std::vector<StoredTrial>& trials) {
  return select_results(runs, trials, {std::nullopt, std::nullopt, "/tmp/mine.results.sqlite"});
}

std::vector<std::int64_t> ids(const StudyResults& results) {
  std::vector<std::int64_t> found;
  for (const StoredTrial& kept : results.trials) {
    found.push_back(kept.id);
  }
  return found;
}

TEST(SelectResults, TakesTheStudyOfTheNewestTrialAndItsOrder) {
  const StudyResults results = select({run(1)}, {trial(1, 1, 1, 0), trial(2, 1, 0, 0)});
  EXPECT_EQ(results.name, "mine");
  EXPECT_THAT(results.question, HasSubstr("circles"));
  EXPECT_THAT(results.stacks, ElementsAre("native", "pytorch"));
  EXPECT_THAT(results.seeds, ElementsAre(0, 1));
  EXPECT_THAT(ids(results), ElementsAre(1, 2));
  EXPECT_THAT(results.remarks, IsEmpty());
}

TEST(SelectResults, LeavesOutWhatWasMeasuredOtherwiseAndSaysSo) {
  StoredRun threads = run(1);
  threads.record.threads = 4;
  StoredRun processor = run(2);
  processor.record.machine = R"({"processor":"B"})";
  StoredRun form = run(3);
  const std::size_t rate = form.record.study_text.find("0.01");
  form.record.study_text.replace(rate, 4, "0.02");
  StoredTrial mode = trial(4, 4, 0, 0);
  mode.record.mode = "controlled";
  const StudyResults results =
      select({threads, processor, form, run(4)},
             {trial(1, 1, 0, 0), trial(2, 2, 0, 0), trial(3, 3, 0, 0), mode, trial(5, 4, 0, 1)});
  EXPECT_THAT(ids(results), ElementsAre(5));
  EXPECT_THAT(results.remarks,
              testing::UnorderedElementsAre(HasSubstr("1 trial with 4 threads"),
                                            HasSubstr("1 trial on another processor, B"),
                                            HasSubstr("1 trial that were trained as another form"),
                                            HasSubstr("1 trial of mode controlled")));
}

TEST(SelectResults, OtherQuestionsAndMoreSeedsAreTheSameTraining) {
  StoredRun older = run(1);
  older.record.study_text.replace(0, 10, "question =  ");
  EXPECT_THAT(ids(select({older, run(2)}, {trial(1, 1, 0, 0), trial(2, 2, 0, 7)})),
              ElementsAre(1, 2));
  EXPECT_THAT(select({run(1)}, {trial(1, 1, 0, 7)}).seeds, ElementsAre(0, 1, 7));
}

TEST(SelectResults, KeepsOfEachStackTheVersionsOfItsNewestTrial) {
  StoredTrial old = trial(1, 1, 0, 0);
  old.record.versions["native"] = "0.9";
  const StudyResults results =
      select({run(1)}, {old, trial(2, 1, 1, 0), trial(3, 1, 0, 1), trial(4, 1, 0, 1)});
  EXPECT_THAT(ids(results), ElementsAre(2, 4));
  EXPECT_THAT(results.remarks,
              ElementsAre(HasSubstr("1 trial of native with other versions of its packages")));
}

TEST(SelectResults, StudyThatCannotBeReadLeavesTheOrderOfTheTrials) {
  StoredRun damaged = run(1);
  damaged.record.study_text = "= = =";
  damaged.record.machine = "[";
  const StudyResults results = select({damaged}, {trial(1, 1, 1, 0), trial(2, 1, 0, 0)});
  EXPECT_FALSE(results.study.has_value());
  EXPECT_THAT(results.stacks, ElementsAre("pytorch", "native"));
  EXPECT_THAT(results.remarks, ElementsAre(HasSubstr("cannot be read")));
}

TEST(SelectResults, NothingGivesNothing) {
  EXPECT_THAT(select({}, {}).trials, IsEmpty());
  EXPECT_THAT(select({}, {}).remarks, IsEmpty());
  EXPECT_THAT(select({run(1)}, {}).stacks, ElementsAre("native", "pytorch"));
  EXPECT_THAT(ids(select({}, {trial(1, 9, 0, 0)})), ElementsAre(1));  // its run is not there
}

}  // namespace
}  // namespace plumbline
