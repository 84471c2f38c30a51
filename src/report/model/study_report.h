#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "report/model/curves.h"
#include "report/model/predictions.h"
#include "report/model/provenance.h"
#include "report/model/settings.h"
#include "report/run_report.h"
#include "stats/comparison.h"

namespace plumbline {

// One trial as a table or a chart shows it.
struct TrialReport {
  std::size_t stack = 0;  // into StudyReport::stacks
  std::uint64_t seed = 0;
  std::string outcome;
  std::optional<double> accuracy;      // share
  std::optional<double> time_seconds;  // the headline; only of a trained trial
  double wall_seconds = 0;
  double cpu_seconds = 0;
  double peak_resident_bytes = 0;
  std::optional<double> final_loss;
  double other_load = 0;
  bool is_loaded = false;
};

// A test image on which stacks differ.
struct DisputedImage {
  std::size_t image = 0;  // its number in the test set, from 0
  std::optional<std::uint16_t> label;
  std::vector<std::optional<double>> share_right;       // (stacks)
  std::vector<std::optional<std::uint16_t>> favourite;  // (stacks) the class most chosen
  std::vector<std::uint8_t> png;  // the picture; empty where the data set is not at hand
};

struct PredictionReport {
  Predictions predictions;
  std::vector<std::string> class_names;  // one a class
  std::size_t unknown_labels = 0;        // images that no trial was right about
  DisagreementRates rates;
  std::size_t clean_splits = 0;
  std::vector<DisputedImage> disputed;
  std::string images_absent;  // a sentence; empty where the data set is at hand
};

struct DataReport {
  std::string data;
  DataSummary summary;
  Comparison comparison;
  std::vector<TrialReport> trials;          // by stack, then seed
  std::vector<StackCurve> curves;           // (stacks)
  std::optional<PredictionReport> classes;  // absent without predictions
};

// Everything that a report says, in the order in which it says it. Pure data: writers only lay it
// out.
struct StudyReport {
  std::string study;
  std::string question;
  std::string mode;
  int threads = 0;
  std::string results;  // the results file's name, without its folder
  std::string study_text;
  std::vector<std::string> stacks;
  std::vector<std::uint64_t> seeds;
  std::size_t planned = 0;  // data sets x stacks x seeds
  std::size_t done = 0;
  std::vector<std::string> answer;   // sentences
  std::vector<std::string> remarks;  // sentences: what limits the answer
  std::vector<DataReport> data;
  std::vector<MachineReport> machines;
  std::vector<Difference> versions;
  std::vector<Difference> settings;
  std::vector<FailureReport> failures;
  std::vector<std::string> commands;
};

// The stack that the others are told against: the study's reference, else the first of the ranking.
// Absent where it has not trained.
[[nodiscard]] std::optional<std::size_t> baseline_of(const Comparison& comparison,
                                                     const std::vector<std::size_t>& ranking);

struct ReportChoice {
  std::filesystem::path results;
  std::optional<Study> study;
  std::optional<std::string> mode;
  DataPlaces places;
};

// Reads the results file and works out the report. Throws EnvironmentError for a results file that
// cannot be read; anything that a readable one holds gives a report. The data set is looked for and
// may be absent.
[[nodiscard]] StudyReport make_report(const ReportChoice& choice);

}  // namespace plumbline
