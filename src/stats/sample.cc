#include "stats/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace plumbline {

void check_finite(std::span<const double> values, const char* what) {
  const auto bad = std::find_if_not(
      values.begin(), values.end(), [](double value) { return std::isfinite(value); });
  if (bad != values.end()) {
    throw Error(fmt::format("Statistics need finite numbers, but number {} of {} is {}.",
                            bad - values.begin() + 1,
                            what,
                            *bad));
  }
}

void check_confidence(double confidence) {
  if (!(confidence > 0 && confidence < 1)) {
    throw Error(fmt::format("A confidence lies between 0 and 1; {} does not.", confidence));
  }
}

std::vector<double> differences(std::span<const double> first, std::span<const double> second) {
  if (first.size() != second.size()) {
    throw Error(fmt::format("Pairs need two samples of one length; these have {} and {} values.",
                            first.size(),
                            second.size()));
  }
  check_finite(first, "the first sample");
  check_finite(second, "the second sample");
  std::vector<double> result;
  result.reserve(first.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    result.push_back(first[i] - second[i]);
  }
  return result;
}

double median(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  if (sorted.size() % 2 == 1) {
    return *middle;
  }
  return (*middle + *std::max_element(sorted.begin(), middle)) / 2;
}

}  // namespace plumbline
