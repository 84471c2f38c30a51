#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "stats/comparison.h"
#include "store/results_reader.h"
#include "store/trial_record.h"
#include "study/study.h"

namespace plumbline {

// The trials of one data set, gathered to be compared. Columns are the seeds that were added, in
// ascending order. A plain value.
class TrialTable {
 public:
  TrialTable(std::string data, std::vector<std::string> stacks)
      : data_(std::move(data)), stacks_(std::move(stacks)) {}

  // A trial of another data set or stack is ignored; one of a stack and seed that are there already
  // replaces it. `correct` may be empty: then nothing is said of other test sets.
  void add(const TrialRecord& record, std::int64_t run_id, std::vector<std::uint8_t> correct);

  [[nodiscard]] Comparison compare(const ComparisonSettings& settings) const;

 private:
  struct Entry {
    TrialResult result;
    std::int64_t test_images = 0;
    std::int64_t run_id = 0;
    std::vector<std::uint8_t> correct;
  };
  using Block = std::map<std::size_t, Entry>;  // by stack

  std::string data_;
  std::vector<std::string> stacks_;
  std::map<std::uint64_t, Block> blocks_;  // by seed
};

// What the study's [comparison] table says, for the stacks in their order. A reference that is not
// among them counts as none: it was left out with --stacks.
[[nodiscard]] ComparisonSettings comparison_settings(const ComparisonRules& rules,
                                                     const std::vector<std::string>& stacks,
                                                     Looks looks);

// AfterEveryBlock when a run that made one of the trials added seeds until the ranking was settled:
// such results were looked at again and again, and their number depends on what was seen.
[[nodiscard]] Looks looks_at(const std::vector<StoredTrial>& trials,
                             const std::vector<StoredRun>& runs);

// Compares the stored trials of one data set, with the bits that the reader finds.
[[nodiscard]] Comparison compare_trials(const std::vector<StoredTrial>& trials,
                                        TrialTable table,
                                        const ComparisonSettings& settings,
                                        const ResultsReader& reader);

}  // namespace plumbline
