#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "comparison/trial_table.h"
#include "data/known_sets.h"
#include "report/model/answer.h"
#include "report/model/image_png.h"
#include "report/model/study_report.h"

namespace plumbline {

namespace {

constexpr std::size_t kMostDisputed = 18;
// Of one table (stacks, images): a results file that claims more is not believed.
constexpr std::size_t kMostAnswers = std::size_t{1} << 28;
constexpr double kLoadedCores = 0.2;

std::size_t index_of(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

TrialReport trial_report(const TrialRecord& record, std::size_t stack) {
  TrialReport trial;
  trial.stack = stack;
  trial.seed = record.seed;
  trial.outcome = outcome_name(record.outcome);
  trial.accuracy = record.accuracy;
  if (record.outcome == Outcome::Trained) {
    trial.time_seconds = headline_seconds(record);
  }
  trial.wall_seconds = record.wall_seconds;
  trial.cpu_seconds = record.use.user_seconds + record.use.system_seconds;
  trial.peak_resident_bytes = static_cast<double>(record.use.peak_resident_bytes);
  trial.final_loss = record.final_loss;
  trial.other_load = record.other_load;
  trial.is_loaded = record.other_load > kLoadedCores;
  return trial;
}

// The study's data set as its trials saw it; a sentence where it cannot be had.
struct FoundData {
  std::optional<Dataset> dataset;
  std::string absent;
};

FoundData find_data(const StudyResults& results,
                    const std::string& name,
                    const DataPlaces& places) {
  const std::string sentence = fmt::format(
      "The data set '{}' was not found, so its images are not shown; name its folder with "
      "--data-dir.",
      name);
  if (!results.study) {
    return {std::nullopt, sentence};
  }
  for (const DataSource& source : results.study->data) {
    if (source.name == name) {
      try {
        return {shaped_for(load_dataset(source, places), results.study->network.input), ""};
      } catch (const Error&) {
        return {std::nullopt, sentence};
      }
    }
  }
  return {std::nullopt, sentence};
}

std::vector<std::uint16_t> labels_of(const FoundData& found) {
  std::vector<std::uint16_t> labels;
  if (found.dataset) {
    for (const std::int64_t label : found.dataset->test.labels.as<std::int64_t>()) {
      labels.push_back(static_cast<std::uint16_t>(label));
    }
  }
  return labels;
}

std::vector<std::string> names_of_classes(const std::string& data, std::size_t classes) {
  std::vector<std::string> names;
  for (const KnownSet& set : known_sets()) {
    if (set.name == data) {
      names = set.class_names;
    }
  }
  for (std::size_t label = names.size(); label < classes; ++label) {
    names.push_back(std::to_string(label));
  }
  return names;
}

// Works out what a data set's section says.
class DataSection {
 public:
  DataSection(const StudyResults& results,
              const ResultsReader& reader,
              const DataPlaces& places,
              const std::string& name)
      : results_(results), reader_(reader), places_(places) {
    report_.data = name;
    for (const StoredTrial& trial : results.trials) {
      if (trial.record.data == name) {
        trials_.push_back(&trial);
      }
    }
    std::sort(trials_.begin(), trials_.end(), [this](const auto* left, const auto* right) {
      return std::pair(stack_of(*left), left->record.seed) <
             std::pair(stack_of(*right), right->record.seed);
    });
  }

  DataReport make() {
    for (const StoredTrial* const trial : trials_) {
      report_.trials.push_back(trial_report(trial->record, stack_of(*trial)));
    }
    report_.summary = summarise_trials(results_.trials, {report_.data}, results_.stacks).front();
    report_.comparison = compare_trials(
        results_.trials, TrialTable(report_.data, results_.stacks), settings(), reader_);
    for (std::size_t stack = 0; stack < results_.stacks.size(); ++stack) {
      report_.curves.push_back(curve_of(stack));
    }
    add_predictions();
    return std::move(report_);
  }

 private:
  [[nodiscard]] std::size_t stack_of(const StoredTrial& trial) const {
    return index_of(results_.stacks, trial.record.stack);
  }

  [[nodiscard]] ComparisonSettings settings() const {
    return comparison_settings(results_.study ? results_.study->comparison : ComparisonRules(),
                               results_.stacks,
                               looks_at(results_.trials, results_.runs));
  }

  [[nodiscard]] StackCurve curve_of(std::size_t stack) const {
    std::vector<std::vector<CurvePoint>> curves;
    for (const StoredTrial* const trial : trials_) {
      if (stack_of(*trial) == stack && trial->record.outcome == Outcome::Trained) {
        std::vector<CurvePoint> curve = reader_.curve(trial->id);
        if (!curve.empty()) {
          curves.push_back(std::move(curve));
        }
      }
    }
    return average_curves(curves);
  }

  void add_predictions() {
    std::vector<PredictedTrial> predicted;
    std::int64_t images = 0;
    for (const StoredTrial* const trial : trials_) {
      if (trial->record.outcome == Outcome::Trained) {
        images = std::max(images, trial->record.test_images);
        predicted.push_back({stack_of(*trial), trial->id});
      }
    }
    const auto count = static_cast<std::size_t>(images);
    if (count == 0 || count > kMostAnswers / results_.stacks.size()) {
      return;
    }
    const PredictionSource source = [this, images](std::int64_t id) {
      return reader_.prediction(id, images);
    };
    const FoundData found = find_data(results_, report_.data, places_);
    PredictionReport classes;
    classes.images_absent = found.absent;
    classes.predictions =
        collect_predictions(predicted, results_.stacks.size(), count, labels_of(found), source);
    if (classes.predictions.classes == 0) {
      return;
    }
    classes.class_names = names_of_classes(report_.data, classes.predictions.classes);
    classes.unknown_labels = static_cast<std::size_t>(std::count(
        classes.predictions.labels.begin(), classes.predictions.labels.end(), std::nullopt));
    classes.rates = disagreement_rates(classes.predictions);
    classes.clean_splits = clean_splits(classes.predictions);
    add_disputed(classes, predicted, source, found);
    report_.classes = std::move(classes);
  }

  void add_disputed(PredictionReport& classes,
                    const std::vector<PredictedTrial>& trials,
                    const PredictionSource& source,
                    const FoundData& found) const {
    const Predictions& predictions = classes.predictions;
    const std::vector<std::size_t> images = most_disputed(predictions, kMostDisputed);
    const auto favourites = favourite_classes(predictions, trials, images, source);
    for (std::size_t at = 0; at < images.size(); ++at) {
      DisputedImage disputed;
      disputed.image = images[at];
      disputed.label = predictions.labels[images[at]];
      for (std::size_t stack = 0; stack < predictions.stacks; ++stack) {
        disputed.share_right.push_back(
            predictions.trials[stack] > 0
                ? std::optional(predictions.share_right(stack, images[at]))
                : std::nullopt);
        disputed.favourite.push_back(favourites[stack * images.size() + at]);
      }
      if (found.dataset) {
        disputed.png = image_png(found.dataset->test.images, images[at]);
      }
      classes.disputed.push_back(std::move(disputed));
    }
  }

  const StudyResults& results_;
  const ResultsReader& reader_;
  const DataPlaces& places_;
  std::vector<const StoredTrial*> trials_;
  DataReport report_;
};

DataPlaces places_of(const ReportChoice& choice) {
  DataPlaces places = choice.places;
  if (places.study_folder.empty()) {
    places.study_folder =
        choice.study ? choice.study->file.parent_path() : choice.results.parent_path();
  }
  return places;
}

}  // namespace

std::optional<std::size_t> baseline_of(const Comparison& comparison,
                                       const std::vector<std::size_t>& ranking) {
  if (ranking.empty()) {
    return std::nullopt;
  }
  const std::size_t baseline = comparison.settings.reference.value_or(ranking.front());
  const bool is_ranked = std::find(ranking.begin(), ranking.end(), baseline) != ranking.end();
  return is_ranked ? std::optional(baseline) : std::nullopt;
}

StudyReport make_report(const ReportChoice& choice) {
  const ResultsReader reader(choice.results);
  const StudyResults results =
      select_results(reader.runs(), reader.trials(), {choice.study, choice.mode, choice.results});
  StudyReport report;
  report.study = results.name;
  report.question = results.question;
  report.mode = results.mode;
  report.threads = results.threads;
  report.results = choice.results.filename().string();
  report.study_text = results.study_text;
  report.stacks = results.stacks;
  report.seeds = results.seeds;
  report.planned = results.data.size() * results.stacks.size() * results.seeds.size();
  report.done = results.trials.size();
  report.remarks = results.remarks;
  const DataPlaces places = places_of(choice);
  for (const std::string& data : results.data) {
    report.data.push_back(DataSection(results, reader, places, data).make());
  }
  report.machines = machines_of(results);
  report.versions = compare_versions(results.trials, results.stacks);
  report.settings = compare_settings(results.trials, results.stacks);
  report.failures = failures_of(results, reader);
  report.commands = commands_of(results);
  report.answer = answer_of(report);
  const std::vector<std::string> limits = limits_of(report);
  report.remarks.insert(report.remarks.begin(), limits.begin(), limits.end());
  return report;
}

}  // namespace plumbline
