#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace plumbline {

// Which test examples a trained network got right: one bit an example, the first in the lowest bit
// of the first byte; bits beyond the last example do not count.
using CorrectBits = std::span<const std::uint8_t>;

// How many bytes the bits of so many examples take.
[[nodiscard]] std::size_t bytes_of_examples(std::int64_t examples);

// How many of several networks got each example right. (examples)
[[nodiscard]] std::vector<std::uint32_t> count_correct(std::span<const CorrectBits> networks,
                                                       std::int64_t examples);

// How many examples only the first, and only the second of two networks got right.
struct Disagreement {
  std::uint64_t only_first = 0;
  std::uint64_t only_second = 0;
};
[[nodiscard]] Disagreement disagreement(CorrectBits first,
                                        CorrectBits second,
                                        std::int64_t examples);

// The part of a mean accuracy's variance that comes from the choice of the test examples: the
// variance over examples of the share of `networks` that got it right, over the number of examples.
// Of a difference of two stacks with as many networks each, where `other` is given. Counts an
// example-by-seed interaction that the variance over seeds has already: conservative. Absent for
// fewer than two examples.
[[nodiscard]] std::optional<double> example_variance(std::span<const std::uint32_t> counts,
                                                     std::size_t networks,
                                                     std::span<const std::uint32_t> other = {});

// The standard deviation of accuracy over seeds if every example were right or wrong independently
// of the others: sqrt(sum of p (1 - p)) / examples, with the unbiased estimate of p (1 - p). After
// K. Jordan, "On the variance of neural network training with respect to test sets and
// distributions" (2023), who finds that most of the seed-to-seed variance is this. Absent for
// fewer than two networks.
[[nodiscard]] std::optional<double> predicted_seed_sd(std::span<const std::uint32_t> counts,
                                                      std::size_t networks);

}  // namespace plumbline
