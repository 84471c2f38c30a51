#include "stats/mean/power.h"

#include <fmt/format.h>

#include <boost/math/tools/roots.hpp>
#include <cmath>

#include "base/error.h"
#include "stats/distribution.h"
#include "stats/mean/mixture_t.h"
#include "stats/sample.h"

namespace plumbline {

namespace {

// Beyond this noncentrality every test that can show anything shows it.
constexpr double kSurelySeen = 1e4;

double df_of(const TestPlan& plan, std::size_t n) {
  return plan.df_a_value * (static_cast<double>(n) - 1);
}

std::optional<double> critical_of(const TestPlan& plan, std::size_t n) {
  if (n < 2) {
    return std::nullopt;
  }
  if (plan.every_block) {
    return mixture_t_critical(n, plan.alpha);
  }
  return student_t_critical(1 - plan.alpha, df_of(plan, n));
}

double power_at(double critical, double df, double noncentrality) {
  return noncentrality > kSurelySeen + critical
             ? 1
             : noncentral_t_two_sided(critical, df, noncentrality);
}

// The noncentrality that is seen with that power.
double noncentrality_for(double critical, double df, double power) {
  const auto excess = [&](double noncentrality) {
    return power_at(critical, df, noncentrality) - power;
  };
  double high = critical + 2;
  while (excess(high) < 0) {
    high *= 2;
  }
  std::uintmax_t steps = 60;
  const auto [below, above] = boost::math::tools::toms748_solve(
      excess, 0.0, high, boost::math::tools::eps_tolerance<double>(36), steps);
  return (below + above) / 2;
}

void check_plan(const TestPlan& plan) {
  check_confidence(1 - plan.alpha);
  if (!(plan.sd > 0) || !std::isfinite(plan.sd)) {
    throw Error(fmt::format("A plan needs a spread above 0; {} is not.", plan.sd));
  }
}

}  // namespace

double power_of(const TestPlan& plan, std::size_t n, double difference) {
  check_plan(plan);
  const auto critical = critical_of(plan, n);
  if (!critical) {
    return 0;
  }
  const double noncentrality = std::abs(difference) / plan.sd * std::sqrt(static_cast<double>(n));
  return power_at(*critical, df_of(plan, n), noncentrality);
}

std::optional<std::size_t> needed_count(const TestPlan& plan, double difference, double power) {
  check_confidence(power);
  check_plan(plan);
  if (difference == 0) {
    return std::nullopt;
  }
  // Up from where the normal law would have it, in doubling steps, then by halving.
  const double z = standard_normal_quantile(1 - plan.alpha / 2) + standard_normal_quantile(power);
  const double guess = std::pow(z * plan.sd / difference, 2);
  if (guess > kMostNeededSeeds) {
    return std::nullopt;
  }
  auto too_few = static_cast<std::size_t>(guess);
  too_few = too_few < 2 || power_of(plan, too_few, difference) >= power ? 1 : too_few;
  std::size_t step = 2;
  while (power_of(plan, too_few + step, difference) < power) {
    too_few += step;
    step *= 2;
    if (too_few > kMostNeededSeeds) {
      return std::nullopt;
    }
  }
  std::size_t enough = too_few + step;
  while (enough - too_few > 1) {
    const std::size_t middle = (too_few + enough) / 2;
    (power_of(plan, middle, difference) < power ? too_few : enough) = middle;
  }
  return enough;
}

std::optional<double> detectable_mean(const TestPlan& plan, std::size_t n, double power) {
  check_confidence(power);
  check_plan(plan);
  const auto critical = critical_of(plan, n);
  if (!critical) {
    return std::nullopt;
  }
  const double noncentrality = noncentrality_for(*critical, df_of(plan, n), power);
  return noncentrality * plan.sd / std::sqrt(static_cast<double>(n));
}

}  // namespace plumbline
