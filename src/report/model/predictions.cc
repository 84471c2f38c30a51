#include "report/model/predictions.h"

#include <algorithm>
#include <map>

namespace plumbline {

namespace {

bool is_right(const StoredPrediction& prediction, std::size_t image) {
  return ((prediction.correct[image / 8] >> (image % 8)) & 1U) != 0;
}

// Counts right answers and learns labels from them: what a trial got right, it named.
void count_right(const StoredPrediction& prediction, std::size_t stack, Predictions& result) {
  ++result.trials[stack];
  for (std::size_t image = 0; image < result.images; ++image) {
    const std::uint16_t predicted = prediction.predicted_class[image];
    result.classes = std::max<std::size_t>(result.classes, predicted + std::size_t{1});
    if (is_right(prediction, image)) {
      ++result.right[stack * result.images + image];
      result.labels[image] = predicted;
    }
  }
}

bool contradict(const std::vector<std::uint16_t>& labels, const Predictions& learnt) {
  if (labels.size() != learnt.images) {
    return true;
  }
  for (std::size_t image = 0; image < learnt.images; ++image) {
    if (learnt.labels[image] && *learnt.labels[image] != labels[image]) {
      return true;
    }
  }
  return false;
}

void adopt_labels(const std::vector<std::uint16_t>& labels, Predictions& result) {
  if (contradict(labels, result)) {
    return;
  }
  for (std::size_t image = 0; image < result.images; ++image) {
    result.labels[image] = labels[image];
    result.classes = std::max<std::size_t>(result.classes, labels[image] + std::size_t{1});
  }
}

void count_confusion(const StoredPrediction& prediction, std::size_t stack, Predictions& result) {
  for (std::size_t image = 0; image < result.images; ++image) {
    if (result.labels[image]) {
      const std::size_t row = stack * result.classes + *result.labels[image];
      ++result.confusion[row * result.classes + prediction.predicted_class[image]];
    }
  }
}

// Two draws without replacement from n answers, k of them right, differ with this chance; averaged
// over images it is unbiased for two new seeds of the stack.
double rate_within(const Predictions& predictions, std::size_t stack) {
  const auto n = static_cast<double>(predictions.trials[stack]);
  double sum = 0;
  for (std::size_t image = 0; image < predictions.images; ++image) {
    const double k = predictions.right[stack * predictions.images + image];
    sum += 2 * k * (n - k) / (n * (n - 1));
  }
  return sum / static_cast<double>(predictions.images);
}

double rate_between(const Predictions& predictions, std::size_t first, std::size_t second) {
  double sum = 0;
  for (std::size_t image = 0; image < predictions.images; ++image) {
    const double p = predictions.share_right(first, image);
    const double q = predictions.share_right(second, image);
    sum += p * (1 - q) + q * (1 - p);
  }
  return sum / static_cast<double>(predictions.images);
}

struct Spread {
  double low = 1;
  double high = 0;
  [[nodiscard]] double width() const { return high - low; }
};

Spread spread_of(const Predictions& predictions, std::size_t image) {
  Spread spread;
  for (std::size_t stack = 0; stack < predictions.stacks; ++stack) {
    if (predictions.trials[stack] > 0) {
      const double share = predictions.share_right(stack, image);
      spread.low = std::min(spread.low, share);
      spread.high = std::max(spread.high, share);
    }
  }
  return spread;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  return sum / static_cast<double>(values.size());
}

}  // namespace

Predictions collect_predictions(const std::vector<PredictedTrial>& trials,
                                std::size_t stacks,
                                std::size_t images,
                                const std::vector<std::uint16_t>& labels,
                                const PredictionSource& source) {
  Predictions result;
  result.stacks = stacks;
  result.images = images;
  result.trials.assign(stacks, 0);
  result.right.assign(stacks * images, 0);
  result.labels.assign(images, std::nullopt);
  for (const PredictedTrial& trial : trials) {
    if (const std::optional<StoredPrediction> prediction = source(trial.id)) {
      count_right(*prediction, trial.stack, result);
    }
  }
  adopt_labels(labels, result);
  if (result.classes > kMostConfusionClasses) {
    return result;
  }
  result.confusion.assign(stacks * result.classes * result.classes, 0);
  for (const PredictedTrial& trial : trials) {
    if (const std::optional<StoredPrediction> prediction = source(trial.id)) {
      count_confusion(*prediction, trial.stack, result);
    }
  }
  return result;
}

std::optional<double> class_accuracy(const Predictions& predictions,
                                     std::size_t stack,
                                     std::size_t label) {
  if (predictions.confusion.empty()) {
    return std::nullopt;
  }
  std::uint64_t answers = 0;
  for (std::size_t as = 0; as < predictions.classes; ++as) {
    answers += predictions.confused(stack, label, as);
  }
  if (answers == 0) {
    return std::nullopt;
  }
  return static_cast<double>(predictions.confused(stack, label, label)) /
         static_cast<double>(answers);
}

DisagreementRates disagreement_rates(const Predictions& predictions) {
  std::vector<double> within;
  std::vector<double> between;
  for (std::size_t stack = 0; stack < predictions.stacks && predictions.images > 0; ++stack) {
    if (predictions.trials[stack] > 1) {
      within.push_back(rate_within(predictions, stack));
    }
    for (std::size_t other = stack + 1; other < predictions.stacks; ++other) {
      if (predictions.trials[stack] > 0 && predictions.trials[other] > 0) {
        between.push_back(rate_between(predictions, stack, other));
      }
    }
  }
  DisagreementRates rates;
  if (!within.empty()) {
    rates.within_stack = mean(within);
  }
  if (!between.empty()) {
    rates.between_stacks = mean(between);
  }
  return rates;
}

std::vector<std::size_t> most_disputed(const Predictions& predictions, std::size_t most) {
  std::vector<std::pair<double, std::size_t>> disputed;  // minus the width, so that it sorts first
  for (std::size_t image = 0; image < predictions.images; ++image) {
    const double width = spread_of(predictions, image).width();
    if (width > 0) {
      disputed.emplace_back(-width, image);
    }
  }
  std::sort(disputed.begin(), disputed.end());
  disputed.resize(std::min(disputed.size(), most));
  std::vector<std::size_t> images;
  images.reserve(disputed.size());
  for (const auto& [width, image] : disputed) {
    images.push_back(image);
  }
  return images;
}

std::size_t clean_splits(const Predictions& predictions) {
  std::size_t splits = 0;
  for (std::size_t image = 0; image < predictions.images; ++image) {
    splits += spread_of(predictions, image).width() == 1 ? 1 : 0;
  }
  return splits;
}

std::vector<std::optional<std::uint16_t>> favourite_classes(
    const Predictions& predictions,
    const std::vector<PredictedTrial>& trials,
    const std::vector<std::size_t>& images,
    const PredictionSource& source) {
  std::vector<std::map<std::uint16_t, std::size_t>> votes(predictions.stacks * images.size());
  for (const PredictedTrial& trial : trials) {
    if (const std::optional<StoredPrediction> prediction = source(trial.id)) {
      for (std::size_t at = 0; at < images.size(); ++at) {
        ++votes[trial.stack * images.size() + at][prediction->predicted_class[images[at]]];
      }
    }
  }
  std::vector<std::optional<std::uint16_t>> favourites;
  favourites.reserve(votes.size());
  for (const std::map<std::uint16_t, std::size_t>& vote : votes) {
    const auto most =
        std::max_element(vote.begin(), vote.end(), [](const auto& left, const auto& right) {
          return left.second < right.second;
        });
    favourites.push_back(most == vote.end() ? std::nullopt : std::optional(most->first));
  }
  return favourites;
}

}  // namespace plumbline
