#include "stats/mean/max_t.h"

#include <fmt/format.h>

#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "stats/distribution.h"
#include "stats/sample.h"
#include "stats/spread.h"

namespace plumbline {

namespace {

// Beyond this, the normal density is below 1e-16 of its peak.
constexpr double kFarthest = 8.5;
constexpr int kPanels = 3;

double density(double z) {
  return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
}

double upper_tail(double z) {
  return std::erfc(z / std::numbers::sqrt2) / 2;
}

// P(low < Z < high), from the tail where both are small.
double between(double low, double high) {
  return low > 0 ? upper_tail(low) - upper_tail(high) : upper_tail(-high) - upper_tail(-low);
}

// By squaring: std::pow takes most of the time otherwise.
double power_of_whole(double base, std::size_t exponent) {
  double result = 1;
  for (; exponent > 0; exponent /= 2, base *= base) {
    result *= exponent % 2 == 1 ? base : 1;
  }
  return result;
}

// P(no two of `means` unit normals are further apart than w): the largest is z, all others lie in
// the w below it.
double range_within(std::size_t means, double w) {
  return static_cast<double>(means) *
         integral(
             [&](double z) { return density(z) * power_of_whole(between(z - w, z), means - 1); },
             -kFarthest,
             kFarthest,
             kPanels);
}

// P(none of the others is further from the one than w).
double others_within(std::size_t means, double w) {
  return integral(
      [&](double z) { return density(z) * power_of_whole(between(z - w, z + w), means - 1); },
      -kFarthest,
      kFarthest,
      kPanels);
}

double family_within(Family family, std::size_t means, double w) {
  return family == Family::AllPairs ? range_within(means, w) : others_within(means, w);
}

void check_family(std::size_t means, double df) {
  if (means < 2 || !(df >= 1)) {
    throw Error(fmt::format(
        "A family of comparisons needs two means and one degree of freedom; it has {} and {}.",
        means,
        df));
  }
}

}  // namespace

std::size_t pairs_in(Family family, std::size_t means) {
  if (means < 2) {
    return 0;
  }
  return family == Family::AllPairs ? means * (means - 1) / 2 : means - 1;
}

double max_t_p(Family family, std::size_t means, double df, double t) {
  check_family(means, df);
  if (means == 2) {
    return student_t_two_sided_p(t, df);
  }
  const double exceeded = mean_over_spread(df, [&](double s) {
    return 1 - family_within(family, means, std::abs(t) * s * std::numbers::sqrt2);
  });
  return std::min(1.0, exceeded);
}

double bonferroni_t_critical(std::size_t pairs, double df, double confidence) {
  check_confidence(confidence);
  return student_t_critical(1 - (1 - confidence) / static_cast<double>(pairs), df);
}

double max_t_critical(Family family, std::size_t means, double df, double confidence) {
  check_family(means, df);
  check_confidence(confidence);
  const double alone = student_t_critical(confidence, df);
  if (means == 2) {
    return alone;
  }
  const double most = bonferroni_t_critical(pairs_in(family, means), df, confidence);
  const auto excess = [&](double t) { return max_t_p(family, means, df, t) - (1 - confidence); };
  std::uintmax_t steps = 60;
  const auto [low, high] = boost::math::tools::toms748_solve(
      excess, alone, most * 1.0001, boost::math::tools::eps_tolerance<double>(36), steps);
  return (low + high) / 2;
}

}  // namespace plumbline
