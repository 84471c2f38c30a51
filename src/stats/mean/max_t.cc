#include "stats/mean/max_t.h"

#include <fmt/format.h>

#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "stats/distribution.h"
#include "stats/sample.h"

namespace plumbline {

namespace {

using Rule = boost::math::quadrature::gauss<double, 30>;

// Beyond this, the normal density is below 1e-16 of its peak.
constexpr double kFarthest = 8.5;
constexpr int kPanels = 4;

template <typename Function>
double integral(const Function& function, double low, double high) {
  double sum = 0;
  const double width = (high - low) / kPanels;
  for (int panel = 0; panel < kPanels; ++panel) {
    sum += Rule::integrate(function, low + panel * width, low + (panel + 1) * width);
  }
  return sum;
}

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

// P(no two of `means` unit normals are further apart than w): the largest is z, all others lie in
// the w below it.
double range_within(std::size_t means, double w) {
  const double others = static_cast<double>(means) - 1;
  return static_cast<double>(means) *
         integral([&](double z) { return density(z) * std::pow(between(z - w, z), others); },
                  -kFarthest,
                  kFarthest);
}

// P(none of the others is further from the one than w).
double others_within(std::size_t means, double w) {
  const double others = static_cast<double>(means) - 1;
  return integral([&](double z) { return density(z) * std::pow(between(z - w, z + w), others); },
                  -kFarthest,
                  kFarthest);
}

double family_within(Family family, std::size_t means, double w) {
  return family == Family::AllPairs ? range_within(means, w) : others_within(means, w);
}

// The density of s = sqrt(chi squared / df), the estimate of a standard deviation of 1.
double sd_density(double s, double df) {
  const double log_density = std::log(2.0) + df / 2 * std::log(df / 2) -
                             boost::math::lgamma(df / 2) + (df - 1) * std::log(s) - df * s * s / 2;
  return std::exp(log_density);
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
  constexpr double kNegligible = 1e-13;
  const double low = std::sqrt(chi_squared_quantile(kNegligible, df) / df);
  const double high = std::sqrt(chi_squared_quantile(1 - kNegligible, df) / df);
  const double exceeded = integral(
      [&](double s) {
        const double w = std::abs(t) * s * std::numbers::sqrt2;
        return sd_density(s, df) * (1 - family_within(family, means, w));
      },
      low,
      high);
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
      excess, alone, most * 1.0001, boost::math::tools::eps_tolerance<double>(40), steps);
  return (low + high) / 2;
}

}  // namespace plumbline
