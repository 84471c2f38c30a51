#pragma once

#include <cmath>

namespace plumbline {

// A confidence interval. A bound may be infinite where the data give none.
struct Interval {
  double low = 0;
  double high = 0;
  double confidence = 0;  // 0.95: of all intervals made so, at least 95% hold the true value

  [[nodiscard]] bool contains(double value) const { return low <= value && value <= high; }
  [[nodiscard]] bool within(double lowest, double highest) const {
    return lowest < low && high < highest;
  }
};

// The wider of two intervals around one estimate.
[[nodiscard]] inline Interval wider_of(const Interval& a, const Interval& b) {
  return a.high - a.low < b.high - b.low ? b : a;
}

// 0.9 for 0.95: the confidence at twice the chance of error, of which each side has the whole.
// Rounded, as 2 * 0.95 - 1 is not 0.9.
[[nodiscard]] inline double at_twice_alpha(double confidence) {
  return std::round((2 * confidence - 1) * 1e12) / 1e12;
}

}  // namespace plumbline
