#include "stats/rank/sign_flip.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "stats/sample.h"

namespace plumbline {

namespace {

// The sums of the values under all their signs, sorted.
std::vector<double> signed_sums(std::span<const double> values) {
  std::vector<double> sums = {0};
  for (const double value : values) {
    const std::size_t count = sums.size();
    for (std::size_t i = 0; i < count; ++i) {
      sums.push_back(sums[i] - value);
      sums[i] += value;
    }
  }
  std::sort(sums.begin(), sums.end());
  return sums;
}

// How many pairs, one of each, have a sum of `least` or more. Both sorted: as one of the first
// grows, the place in the second only goes down.
std::uint64_t pairs_from(const std::vector<double>& first,
                         const std::vector<double>& second,
                         double least) {
  std::uint64_t pairs = 0;
  auto place = second.end();
  for (const double value : first) {
    while (place != second.begin() && value + *std::prev(place) >= least) {
      --place;
    }
    pairs += static_cast<std::uint64_t>(second.end() - place);
  }
  return pairs;
}

}  // namespace

std::optional<double> sign_flip_p(std::span<const double> differences) {
  check_finite(differences, "the differences");
  if (differences.empty() || differences.size() > kMostSignFlips) {
    return std::nullopt;
  }
  double seen = 0;
  double size = 0;
  for (const double value : differences) {
    seen += value;
    size += std::abs(value);
  }
  // Sums that are equal in truth come out unequal by rounding; they count as reached.
  constexpr double kSlack = 1e-12;
  const double least = std::abs(seen) - kSlack * size;
  if (least <= 0) {
    return 1;
  }
  // In two halves, as only sums of sums have to be counted.
  const std::size_t half = differences.size() / 2;
  const std::uint64_t above = pairs_from(
      signed_sums(differences.first(half)), signed_sums(differences.subspan(half)), least);
  return 2 * static_cast<double>(above) / std::ldexp(1, static_cast<int>(differences.size()));
}

}  // namespace plumbline
