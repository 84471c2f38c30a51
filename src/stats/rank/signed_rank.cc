#include "stats/rank/signed_rank.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "stats/distribution.h"
#include "stats/sample.h"

namespace plumbline {

namespace {

// Probabilities of the sums of a random subset of whole numbers.
std::vector<double> subset_sums(const std::vector<std::size_t>& numbers) {
  std::size_t total = 0;
  std::vector<double> probability = {1};
  for (const std::size_t number : numbers) {
    total += number;
    probability.resize(total + 1, 0);
    for (std::size_t sum = total + 1; sum-- > 0;) {
      const double with = sum >= number ? probability[sum - number] : 0;
      probability[sum] = (probability[sum] + with) / 2;
    }
  }
  return probability;
}

// P(W <= w) where there are too many values to count: W / n (n + 1) / 4 is nearly normal, without
// skewness, and with the fourth cumulant of a sum of independent rank-or-nothing terms.
double approximate_cdf(std::size_t count, double w) {
  const auto n = static_cast<double>(count);
  const double mean = n * (n + 1) / 4;
  const double variance = n * (n + 1) * (2 * n + 1) / 24;
  // Sum of k^4 for k = 1..n; a term k or 0 has the fourth cumulant -k^4 / 8.
  const double fourth = n * (n + 1) * (2 * n + 1) * (3 * n * n + 3 * n - 1) / 30;
  const double kurtosis = -fourth / 8 / (variance * variance);
  const double z = (w + 0.5 - mean) / std::sqrt(variance);
  const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
  return std::clamp(normal_cdf(z) - density * kurtosis / 24 * (z * z * z - 3 * z), 0.0, 1.0);
}

struct RankedSum {
  std::vector<std::size_t> doubled_ranks;  // of the values that are not zero
  std::size_t doubled_sum = 0;             // of those above zero
};

RankedSum rank(std::span<const double> values) {
  std::vector<double> kept;
  std::copy_if(values.begin(), values.end(), std::back_inserter(kept), [](double value) {
    return value != 0;
  });
  std::sort(kept.begin(), kept.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
  RankedSum ranked;
  for (std::size_t begin = 0; begin < kept.size();) {
    std::size_t end = begin + 1;
    while (end < kept.size() && std::abs(kept[end]) == std::abs(kept[begin])) {
      ++end;
    }
    const std::size_t doubled_rank = begin + 1 + end;  // twice the mean of begin + 1 .. end
    for (; begin < end; ++begin) {
      ranked.doubled_ranks.push_back(doubled_rank);
      ranked.doubled_sum += kept[begin] > 0 ? doubled_rank : 0;
    }
  }
  return ranked;
}

double exact_p(const RankedSum& ranked) {
  const std::vector<double> probability = subset_sums(ranked.doubled_ranks);
  const std::size_t total = probability.size() - 1;
  const std::size_t fewer = std::min(ranked.doubled_sum, total - ranked.doubled_sum);
  double tail = 0;
  for (std::size_t sum = 0; sum <= fewer; ++sum) {
    tail += probability[sum];
  }
  return std::min(1.0, 2 * tail);
}

double normal_p(const RankedSum& ranked) {
  double mean = 0;
  double variance = 0;
  for (const std::size_t doubled_rank : ranked.doubled_ranks) {
    const double value = static_cast<double>(doubled_rank) / 2;
    mean += value / 2;
    variance += value * value / 4;
  }
  const double distance = std::abs(static_cast<double>(ranked.doubled_sum) / 2 - mean) - 0.5;
  return std::min(1.0, 2 * normal_cdf(-std::max(0.0, distance) / std::sqrt(variance)));
}

}  // namespace

std::vector<double> signed_rank_cdf(std::size_t n) {
  std::vector<std::size_t> ranks;
  for (std::size_t k = 1; k <= n; ++k) {
    ranks.push_back(k);
  }
  std::vector<double> cdf = subset_sums(ranks);
  for (std::size_t w = 1; w < cdf.size(); ++w) {
    cdf[w] += cdf[w - 1];
  }
  return cdf;
}

std::optional<std::size_t> signed_rank_depth(std::size_t n, double tail) {
  std::size_t depth = 0;
  if (n <= kExactSignedRanks) {
    const std::vector<double> cdf = signed_rank_cdf(n);
    depth = static_cast<std::size_t>(std::upper_bound(cdf.begin(), cdf.end(), tail) - cdf.begin());
  } else {
    std::size_t high = n * (n + 1) / 4;  // P(W <= high) is about a half
    while (high - depth > 1) {
      const std::size_t middle = (depth + high) / 2;
      (approximate_cdf(n, static_cast<double>(middle) - 1) <= tail ? depth : high) = middle;
    }
  }
  return depth == 0 ? std::nullopt : std::optional(depth);
}

std::size_t fewest_pairs(double tail) {
  return static_cast<std::size_t>(std::max(1.0, std::ceil(-std::log2(tail) - 1e-9)));
}

std::optional<double> signed_rank_p(std::span<const double> values) {
  check_finite(values, "the differences");
  if (values.empty()) {
    return std::nullopt;
  }
  const RankedSum ranked = rank(values);
  if (ranked.doubled_ranks.empty()) {
    return 1;
  }
  return ranked.doubled_ranks.size() <= kExactSignedRanks ? exact_p(ranked) : normal_p(ranked);
}

}  // namespace plumbline
