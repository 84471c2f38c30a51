#pragma once

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

}  // namespace plumbline
