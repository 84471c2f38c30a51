#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/philox.h"
#include "stats/distribution.h"

namespace plumbline {

// Random numbers of one simulation, the same in every run.
class Draws {
 public:
  explicit Draws(const char* simulation)
      : stream_(stream_key(simulation, 1), StreamPurpose::InitialWeights, 0, 0) {}

  double uniform() { return stream_.uniform_f64(next_++); }
  double normal() { return standard_normal_quantile(uniform()); }

 private:
  RandomStream stream_;
  std::uint64_t next_ = 0;
};

// Keeps a simulated figure with the test's result: --gtest_output=json:FILE shows it.
inline void note(const std::string& name, double value) {
  testing::Test::RecordProperty(name, std::to_string(value));
}

// `usual` repetitions, or ten times as many in the long tests (./test --full).
inline int repetitions(int usual) {
  return std::getenv("PLUMBLINE_FULL") == nullptr ? usual : 10 * usual;
}

// How far a share of so many repetitions may be from `expected` by chance: four standard errors,
// which one in 16,000 exceeds.
inline double chance(double expected, int count) {
  return 4 * std::sqrt(expected * (1 - expected) / count);
}

}  // namespace plumbline
