#include "stats/summary.h"

#include <cmath>

namespace plumbline {

Summary summarise(std::span<const double> values) {
  Summary summary;
  summary.count = values.size();
  if (values.empty()) {
    return summary;
  }
  const auto n = static_cast<double>(values.size());
  for (const double value : values) {
    summary.mean += value / n;
  }
  double remainder = 0;  // what rounding lost in the first pass
  for (const double value : values) {
    remainder += value - summary.mean;
  }
  summary.mean += remainder / n;
  double squares = 0;
  for (const double value : values) {
    squares += (value - summary.mean) * (value - summary.mean);
  }
  if (values.size() > 1) {
    summary.sd = std::sqrt(squares / (n - 1));
  }
  return summary;
}

}  // namespace plumbline
