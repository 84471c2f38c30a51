#include "stats/error_ratio.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "stats/distribution.h"
#include "stats/sample.h"
#include "stats/summary.h"

namespace plumbline {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Two means and the variances and covariance of their errors.
struct TwoMeans {
  double numerator = 0;
  double denominator = 0;
  double numerator_variance = 0;
  double denominator_variance = 0;
  double covariance = 0;
};

// All ratios r that the t test of numerator - r x denominator does not reject: between the roots of
//   (d^2 - t^2 vd) r^2 - 2 (n d - t^2 c) r + (n^2 - t^2 vn) = 0.
// Where the denominator may be 0 they reach to infinity.
Interval fieller(const TwoMeans& means, double critical, double confidence) {
  const double t2 = critical * critical;
  const double a = means.denominator * means.denominator - t2 * means.denominator_variance;
  const double b = means.numerator * means.denominator - t2 * means.covariance;
  const double c = means.numerator * means.numerator - t2 * means.numerator_variance;
  const double inside = b * b - a * c;
  if (a > 0) {
    return {std::max(0.0, (b - std::sqrt(inside)) / a), (b + std::sqrt(inside)) / a, confidence};
  }
  // The denominator may be 0, so no ratio is too large. The smallest is the larger root, unless
  // even 0 is not rejected; errors are not negative, and neither are their ratios.
  if (c <= 0 || inside < 0) {
    return {0, kInfinity, confidence};
  }
  return {a < 0 ? (b - std::sqrt(inside)) / a : c / (2 * b), kInfinity, confidence};
}

double covariance_of_means(std::span<const double> a, std::span<const double> b) {
  const double mean_a = summarise(a).mean;
  const double mean_b = summarise(b).mean;
  double products = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    products += (a[i] - mean_a) * (b[i] - mean_b);
  }
  const auto n = static_cast<double>(a.size());
  return products / (n - 1) / n;
}

void check_shares(std::span<const double> shares) {
  const auto bad = std::find_if_not(
      shares.begin(), shares.end(), [](double share) { return share >= 0 && share <= 1; });
  if (bad != shares.end()) {
    throw Error(fmt::format("An error rate lies between 0 and 1; {} does not.", *bad));
  }
}

}  // namespace

ErrorRatio error_ratio(std::span<const double> numerator,
                       std::span<const double> denominator,
                       double confidence,
                       const std::optional<ExampleVariances>& examples) {
  check_confidence(confidence);
  check_shares(numerator);
  check_shares(denominator);
  if (numerator.size() != denominator.size()) {
    throw Error(fmt::format(
        "Error rates of {} and of {} seeds do not pair.", numerator.size(), denominator.size()));
  }
  const Summary above = summarise(numerator);
  const Summary below = summarise(denominator);
  ErrorRatio result;
  result.seeds = above.count;
  if (result.seeds == 0 || below.mean <= 0) {
    return result;
  }
  result.ratio = above.mean / below.mean;
  if (result.seeds < 2) {
    return result;
  }
  const auto n = static_cast<double>(result.seeds);
  const double critical = student_t_critical(confidence, n - 1);
  TwoMeans means{above.mean,
                 below.mean,
                 *above.sd * *above.sd / n,
                 *below.sd * *below.sd / n,
                 covariance_of_means(numerator, denominator)};
  result.interval = fieller(means, critical, confidence);
  if (examples) {
    means.numerator_variance += examples->numerator;
    means.denominator_variance += examples->denominator;
    result.new_test_sets_interval = fieller(means, critical, confidence);
  }
  return result;
}

}  // namespace plumbline
