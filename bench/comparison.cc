// Compares made-up results of many stacks, with the bits of every test example, and prints the
// seconds of each round, one a line. Arguments: stacks, seeds, examples, rounds.

#include "stats/comparison.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <vector>

#include "base/clock.h"
#include "base/philox.h"

namespace {

using plumbline::RandomStream;
using plumbline::StreamPurpose;
using plumbline::TrialMatrix;
using plumbline::TrialResult;
using plumbline::TrialState;

struct Study {
  std::vector<std::vector<std::uint8_t>> bits;
  TrialMatrix matrix;
};

// Each example is right with 15 chances of 16.
Study make_study(std::size_t stacks, std::size_t seeds, std::int64_t examples) {
  Study study;
  const RandomStream stream(
      plumbline::stream_key("bench comparison", 1), StreamPurpose::InitialWeights, 0, 0);
  study.matrix.stacks = stacks;
  study.matrix.seeds = seeds;
  study.matrix.examples = examples;
  std::uint64_t next = 0;
  for (std::size_t trial = 0; trial < stacks * seeds; ++trial) {
    std::vector<std::uint8_t> bits(static_cast<std::size_t>((examples + 7) / 8));
    std::int64_t right = 0;
    for (std::int64_t i = 0; i < examples; i += 8) {
      const std::uint32_t word = stream.word(next++);
      const auto byte = static_cast<std::uint8_t>(word | word >> 8 | word >> 16 | word >> 24);
      bits[static_cast<std::size_t>(i / 8)] = byte;
      right += __builtin_popcount(byte);
    }
    TrialResult result;
    result.state = TrialState::Trained;
    result.accuracy = static_cast<double>(right) / (static_cast<double>(bits.size()) * 8);
    result.seconds = 10 + static_cast<double>(trial / seeds) + stream.uniform_f32(next++);
    study.bits.push_back(std::move(bits));
    study.matrix.results.push_back(result);
  }
  for (std::size_t trial = 0; trial < stacks * seeds; ++trial) {
    study.matrix.results[trial].correct = study.bits[trial];
  }
  return study;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::cerr << "usage: plumbline-bench-comparison STACKS SEEDS EXAMPLES ROUNDS\n";
    return 2;
  }
  const Study study = make_study(static_cast<std::size_t>(std::atoi(arguments[1])),
                                 static_cast<std::size_t>(std::atoi(arguments[2])),
                                 std::atoi(arguments[3]));
  for (int round = 0; round < std::atoi(arguments[4]); ++round) {
    const double start = plumbline::monotonic_seconds();
    const plumbline::Comparison comparison = plumbline::compare_stacks(study.matrix, {});
    const double seconds = plumbline::monotonic_seconds() - start;
    std::cout << fmt::format("{:.4f}\n", seconds);
    if (comparison.ranking.size() != study.matrix.stacks) {
      std::cerr << "The comparison left stacks out.\n";
      return 4;
    }
  }
  return 0;
}
