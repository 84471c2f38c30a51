#include "stats/summary.h"

#include <algorithm>
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
  double off = 0;  // the sum of what the mean as a double is off by
  for (const double value : values) {
    squares += (value - summary.mean) * (value - summary.mean);
    off += value - summary.mean;
  }
  squares = std::max(0.0, squares - off * off / n);
  if (values.size() > 1) {
    summary.sd = std::sqrt(squares / (n - 1));
  }
  return summary;
}

}  // namespace plumbline
