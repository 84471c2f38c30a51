// Times on a machine that others use too: load that comes and goes, and spikes.

#include <gtest/gtest.h>

#include <vector>

#include "stats/comparison.h"
#include "stats/matrices.h"
#include "stats/mean/mean_estimate.h"
#include "stats/simulation.h"

namespace plumbline {
namespace {

// Trial by trial: a load that is remembered (first-order autoregression, 0.9) and only slows down,
// by 2% for one standard deviation; a spike of up to half in one of twenty; 0.2% of jitter.
class Machine {
 public:
  explicit Machine(const char* name) : draws_(name) {
    for (int warm_up = 0; warm_up < 100; ++warm_up) {
      static_cast<void>(time(1));
    }
  }

  double time(double seconds) {
    load_ = 0.9 * load_ + std::sqrt(1 - 0.81) * draws_.normal();
    const double spike = draws_.uniform() < 0.05 ? 0.5 * draws_.uniform() : 0;
    return seconds * (1 + 0.02 * std::max(0.0, load_) + spike) * (1 + 0.002 * draws_.normal());
  }

 private:
  Draws draws_;
  double load_ = 0;
};

// The runner's order: stacks turn round from block to block.
TrialMatrix interleaved(std::size_t blocks, double slow_down, Machine& machine) {
  std::vector<std::vector<double>> seconds(2, std::vector<double>(blocks));
  for (std::size_t block = 0; block < blocks; ++block) {
    for (const std::size_t place : {0, 1}) {
      const std::size_t stack = block % 2 == 0 ? place : 1 - place;
      seconds[stack][block] = machine.time(stack == 0 ? 10 * slow_down : 10);
    }
  }
  return times_of(seconds);
}

struct Recovery {
  double covered = 0;  // share of studies whose interval holds the truth
  double noticed = 0;  // share with a verdict
  double error = 0;    // root mean square of the estimate, relative
};

Recovery recover(double slow_down, std::size_t blocks, int studies) {
  Machine machine("times");
  Recovery result;
  for (int study = 0; study < studies; ++study) {
    const TimeComparison time =
        compare_stacks(interleaved(blocks, slow_down, machine), {}).pairs.front().time;
    result.covered += time.interval->contains(slow_down) ? 1.0 / studies : 0;
    result.noticed += time.verdict == PairVerdict::Worse ? 1.0 / studies : 0;
    result.error += std::pow(*time.ratio / slow_down - 1, 2) / studies;
  }
  result.error = std::sqrt(result.error);
  return result;
}

TEST(NoisyTimesTest, OfTheSameStackTwiceGiveARatioOfOne) {
  const int studies = repetitions(500);
  const Recovery found = recover(1, 30, studies);
  note("covered", found.covered);
  EXPECT_GE(found.covered, 0.95 - chance(0.95, studies));
}

TEST(NoisyTimesTest, RecoverAPlantedSlowDownWithinTheInterval) {
  const int studies = repetitions(500);
  for (const double slow_down : {1.01, 1.05}) {
    const Recovery found = recover(slow_down, 30, studies);
    note("covered", found.covered);
    EXPECT_GE(found.covered, 0.95 - chance(0.95, studies)) << slow_down;
    EXPECT_GE(found.noticed, slow_down > 1.02 ? 0.99 : 0.4) << slow_down;
    EXPECT_LE(found.error, 0.008) << slow_down;
  }
}

TEST(NoisyTimesTest, SixBlocksAreTheFewestThatSayAnything) {
  const int studies = repetitions(500);
  const Recovery found = recover(1.05, 6, studies);
  note("covered", found.covered);
  EXPECT_GE(found.covered, 0.95 - chance(0.95, studies));
}

// One stack after the other, as most people measure: load that lasts looks like a difference.
TEST(NoisyTimesTest, OneAfterTheOtherFindsDifferencesThatAreNotThere) {
  Machine machine("one after the other");
  const int studies = repetitions(500);
  double wrong = 0;
  for (int study = 0; study < studies; ++study) {
    std::vector<double> first(30);
    std::vector<double> second(30);
    for (std::vector<double>* const stack : {&first, &second}) {
      for (double& seconds : *stack) {
        seconds = machine.time(10);
      }
    }
    wrong += *t_test_p(*welch_estimate(first, second)) <= 0.05 ? 1.0 / studies : 0;
  }
  note("wrong", wrong);
  EXPECT_GT(wrong, 0.08);
}

}  // namespace
}  // namespace plumbline
