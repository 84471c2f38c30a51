#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "store/results_reader.h"

namespace plumbline {

// Of one data set: how the trained trials of every stack classed every test image. Bits and counts
// only; nothing here needs the images.
struct Predictions {
  std::size_t stacks = 0;
  std::size_t images = 0;
  std::size_t classes = 0;
  std::vector<std::size_t> trials;   // (stacks): trained trials whose predictions are known
  std::vector<std::uint32_t> right;  // (stacks, images): trials that were right
  // (images): the class of each test image; absent where no trial was right and the data set is
  // not at hand.
  std::vector<std::optional<std::uint16_t>> labels;
  std::vector<std::uint64_t> confusion;  // (stacks, class, predicted class), over all trials

  [[nodiscard]] double share_right(std::size_t stack, std::size_t image) const {
    return static_cast<double>(right[stack * images + image]) / static_cast<double>(trials[stack]);
  }
  [[nodiscard]] std::uint64_t confused(std::size_t stack, std::size_t label, std::size_t as) const {
    return confusion[(stack * classes + label) * classes + as];
  }
};

// With more classes than this no table of confusions is kept.
inline constexpr std::size_t kMostConfusionClasses = 64;

struct PredictedTrial {
  std::size_t stack = 0;
  std::int64_t id = 0;
};
using PredictionSource = std::function<std::optional<StoredPrediction>(std::int64_t trial_id)>;

// `labels` are the data set's, where it is at hand; labels that contradict what the trials got
// right belong to other data and are not used. Reads every prediction twice.
[[nodiscard]] Predictions collect_predictions(const std::vector<PredictedTrial>& trials,
                                              std::size_t stacks,
                                              std::size_t images,
                                              const std::vector<std::uint16_t>& labels,
                                              const PredictionSource& source);

// A stack's share of right answers on one class, over all its trials; absent without images of it.
[[nodiscard]] std::optional<double> class_accuracy(const Predictions& predictions,
                                                   std::size_t stack,
                                                   std::size_t label);

// The chance that two trials disagree about whether they class an image rightly: of two seeds of
// one stack (mean over stacks with two seeds or more), and of two stacks (mean over pairs).
struct DisagreementRates {
  std::optional<double> within_stack;
  std::optional<double> between_stacks;
};
[[nodiscard]] DisagreementRates disagreement_rates(const Predictions& predictions);

// Test images on which the stacks differ most: by the largest difference between two stacks' shares
// of right answers, then by the image's number. At most `most`, none where all agree.
[[nodiscard]] std::vector<std::size_t> most_disputed(const Predictions& predictions,
                                                     std::size_t most);
// Images that some stack classes rightly with every seed and another with none.
[[nodiscard]] std::size_t clean_splits(const Predictions& predictions);

// For each of these images the class that most trials of each stack chose (the lowest of equals):
// (stacks, chosen images); absent for a stack without predictions.
[[nodiscard]] std::vector<std::optional<std::uint16_t>> favourite_classes(
    const Predictions& predictions,
    const std::vector<PredictedTrial>& trials,
    const std::vector<std::size_t>& images,
    const PredictionSource& source);

}  // namespace plumbline
