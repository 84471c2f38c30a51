#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "stats/summary.h"
#include "store/trial_record.h"

namespace plumbline {

// What the trials of one stack on one data set come to. Times and memory are over its trained
// trials.
struct StackSummary {
  std::string stack;
  std::map<std::string, std::size_t> outcomes;                      // outcome name -> trials
  std::map<std::uint64_t, std::optional<double>> accuracy_by_seed;  // absent where a trial has none
  Summary accuracy;                                                 // share of the test images
  Summary time_seconds;  // the headline: load + build + compile + train + predict
  Summary wall_seconds;
  std::map<std::string, double> phase_seconds;  // means
  double cpu_seconds = 0;                       // mean
  double peak_resident_bytes = 0;               // mean
  std::size_t loaded_trials = 0;                // measured while others kept the machine busy
  std::size_t not_isolated_trials = 0;          // whose workers could reach a network
  std::vector<std::string> reasons;  // "seed 1: crashed: ...", of all that was not plainly trained
};

struct DataSummary {
  std::string data;
  std::vector<StackSummary> stacks;  // in the study's order
};

struct RunReport {
  std::string study;
  std::string question;
  std::string mode;
  int threads = 0;
  std::string results;  // path of the results file
  std::size_t planned = 0;
  std::size_t done = 0;
  std::vector<DataSummary> data;
};

// `stacks` and `data` give the order; the trials may be fewer than planned.
[[nodiscard]] std::vector<DataSummary> summarise_trials(const std::vector<StoredTrial>& trials,
                                                        const std::vector<std::string>& data,
                                                        const std::vector<std::string>& stacks);

// The tables for a person, and the versioned JSON document of docs/results.md.
void print_tables(const RunReport& report, std::ostream& out);
void print_json(const RunReport& report, std::ostream& out);

}  // namespace plumbline
