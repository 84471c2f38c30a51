#include "report/model/predictions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Labels = std::vector<std::uint16_t>;

// Two stacks with two trials each on four images of classes 0, 1, 0, 1.
class PredictionsOfFour : public testing::Test {
 protected:
  const Labels labels_ = {0, 1, 0, 1};
  const std::vector<PredictedTrial> trials_ = {{0, 1}, {0, 2}, {1, 3}, {1, 4}};
  std::map<std::int64_t, Labels> answers_ = {
      {1, {0, 1, 0, 0}}, {2, {0, 1, 1, 0}}, {3, {0, 0, 0, 0}}, {4, {0, 0, 1, 0}}};

  [[nodiscard]] PredictionSource source() const {
    return [this](std::int64_t id) -> std::optional<StoredPrediction> {
      const Labels& classes = answers_.at(id);
      StoredPrediction prediction{{0}, classes};
      for (std::size_t image = 0; image < classes.size(); ++image) {
        const unsigned bit = classes[image] == labels_[image] ? 1U << image : 0U;
        prediction.correct[0] = static_cast<std::uint8_t>(prediction.correct[0] | bit);
      }
      return prediction;
    };
  }
  [[nodiscard]] Predictions collect(const Labels& labels) const {
    return collect_predictions(trials_, 2, 4, labels, source());
  }
};

TEST_F(PredictionsOfFour, CountRightAnswersAndConfusions) {
  const Predictions predictions = collect(labels_);
  EXPECT_THAT(predictions.right, ElementsAre(2, 2, 1, 0, 2, 0, 1, 0));
  EXPECT_EQ(predictions.confused(0, 0, 0), 3U);
  EXPECT_EQ(predictions.confused(0, 0, 1), 1U);
  EXPECT_EQ(predictions.confused(1, 1, 0), 4U);
  EXPECT_DOUBLE_EQ(*class_accuracy(predictions, 0, 0), 0.75);
  EXPECT_DOUBLE_EQ(*class_accuracy(predictions, 1, 1), 0);
}

TEST_F(PredictionsOfFour, LearnLabelsFromRightAnswersWithoutTheData) {
  const Predictions predictions = collect({});
  EXPECT_EQ(predictions.labels[0], 0);
  EXPECT_EQ(predictions.labels[1], 1);
  EXPECT_EQ(predictions.labels[3], std::nullopt);           // nobody was right
  EXPECT_DOUBLE_EQ(*class_accuracy(predictions, 0, 1), 1);  // of image 1 alone
}

TEST_F(PredictionsOfFour, DoNotBelieveLabelsOfOtherData) {
  EXPECT_EQ(collect({1, 1, 0, 1}).labels[3], std::nullopt);
  EXPECT_EQ(collect({0, 1, 0}).labels[3], std::nullopt);
}

// By hand: within stack 0 the two trials differ on image 2 alone, 1/4; within stack 1 too. Between
// them, image 1 always and image 2 half the time: (1 + 1/2) / 4.
TEST_F(PredictionsOfFour, TellChanceFromDisputeBetweenStacks) {
  const DisagreementRates rates = disagreement_rates(collect(labels_));
  EXPECT_DOUBLE_EQ(*rates.within_stack, 0.25);
  EXPECT_DOUBLE_EQ(*rates.between_stacks, 0.375);
}

TEST_F(PredictionsOfFour, FindWhatStacksDisagreeOn) {
  const Predictions predictions = collect(labels_);
  EXPECT_THAT(most_disputed(predictions, 5), ElementsAre(1));
  EXPECT_THAT(most_disputed(predictions, 0), IsEmpty());
  EXPECT_EQ(clean_splits(predictions), 1U);
  EXPECT_THAT(favourite_classes(predictions, trials_, {1, 2}, source()), ElementsAre(1, 0, 0, 0));
}

TEST_F(PredictionsOfFour, KeepNoConfusionsOfVeryManyClasses) {
  answers_[1][0] = 1000;
  const Predictions predictions = collect(labels_);
  EXPECT_THAT(predictions.confusion, IsEmpty());
  EXPECT_EQ(class_accuracy(predictions, 0, 0), std::nullopt);
}

}  // namespace
}  // namespace plumbline
