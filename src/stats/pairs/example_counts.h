#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stats/trial_matrix.h"

namespace plumbline {

// How often each stack got each test example right, over some of its seeds. The counts over all its
// trained seeds are kept, as nearly every question is about those. Refers to the matrix, which
// outlives it.
class ExampleCounts {
 public:
  explicit ExampleCounts(const TrialMatrix& matrix);

  // The part of the variance of the stack's mean accuracy, or of the difference of two stacks'
  // over `seeds`, that is the choice of the test examples (count/examples.h). Absent where the bits
  // of one of the trials are not known.
  [[nodiscard]] std::optional<double> variance(std::size_t stack) const;
  [[nodiscard]] std::optional<double> variance(std::size_t first,
                                               std::size_t second,
                                               std::span<const std::size_t> seeds) const;
  [[nodiscard]] std::optional<double> predicted_sd(std::size_t stack) const;

 private:
  struct StackCounts {
    std::size_t seeds = 0;
    std::optional<std::vector<std::uint32_t>> counts;
  };
  [[nodiscard]] std::optional<std::vector<std::uint32_t>> counts_over(
      std::size_t stack, std::span<const std::size_t> seeds) const;

  const TrialMatrix& matrix_;
  std::vector<StackCounts> stacks_;
};

// Whether both stacks got exactly the same examples right with every one of the seeds; false where
// that is not known.
[[nodiscard]] bool same_bits(const TrialMatrix& matrix,
                             std::size_t first,
                             std::size_t second,
                             std::span<const std::size_t> seeds);

}  // namespace plumbline
