#pragma once

#include <cstddef>
#include <optional>

namespace plumbline {

// How a mean of n differences is going to be tested.
struct TestPlan {
  double sd = 0;             // of one difference
  double alpha = 0.05;       // of this test, two-sided, after any correction for many tests
  double df_a_value = 1;     // degrees of freedom are df_a_value x (n - 1); stacks - 1 where pooled
  bool every_block = false;  // the mixture t, looked at once after n; it may well stop earlier
};

inline constexpr std::size_t kMostNeededSeeds = 100'000;

// The chance that the test of n differences shows a true mean of `difference`: exact, from the
// noncentral t. 0 while there are too few values for any result.
[[nodiscard]] double power_of(const TestPlan& plan, std::size_t n, double difference);

// The smallest n with that power. Absent beyond kMostNeededSeeds, and for a difference of 0. Throws
// Error for a power outside 0 to 1 or an sd that is not above 0.
[[nodiscard]] std::optional<std::size_t> needed_count(const TestPlan& plan,
                                                      double difference,
                                                      double power);

// The true mean that n differences show with that power; absent while there are too few.
[[nodiscard]] std::optional<double> detectable_mean(const TestPlan& plan,
                                                    std::size_t n,
                                                    double power);

}  // namespace plumbline
