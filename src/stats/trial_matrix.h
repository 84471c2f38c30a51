#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace plumbline {

// How the trial of one stack with one seed ended, as far as a comparison must know.
enum class TrialState {
  NotRun,
  Trained,
  Diverged,
  Failed,       // crashed, timed out, not to be trusted, ...
  Unsupported,  // the stack says that it cannot do this; counts as neither trained nor failed
};

struct TrialResult {
  TrialState state = TrialState::NotRun;
  double accuracy = 0;            // share of the test examples, 0 to 1; only of a trained trial
  std::optional<double> seconds;  // above 0; only of a trained trial
  // One bit a test example, the first in the lowest bit of the first byte; empty where not known.
  // Belongs to the caller.
  std::span<const std::uint8_t> correct;
};

// The trials of one data set. A column is a seed block: the trials that share a seed.
struct TrialMatrix {
  std::size_t stacks = 0;
  std::size_t seeds = 0;
  std::int64_t examples = 0;         // in the test set; 0 where not known
  std::vector<TrialResult> results;  // (stacks, seeds), row-major
  // Whether all of a seed's trials ran in one run on one machine, so that their times may be
  // compared. (seeds); empty: all did.
  std::vector<bool> timed_together;

  [[nodiscard]] const TrialResult& at(std::size_t stack, std::size_t seed) const {
    return results[stack * seeds + seed];
  }
  [[nodiscard]] TrialResult& at(std::size_t stack, std::size_t seed) {
    return results[stack * seeds + seed];
  }
};

// Throws Error for a matrix whose sizes do not fit each other, an accuracy outside 0 to 1, a time
// that is not finite and above 0, or bits that are not one an example.
void check_matrix(const TrialMatrix& matrix);

}  // namespace plumbline
