#include "stats/mean/power.h"

#include <fmt/format.h>

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
  if (difference == 0 || power_of(plan, kMostNeededSeeds, difference) < power) {
    return std::nullopt;
  }
  std::size_t too_few = 1;
  std::size_t enough = kMostNeededSeeds;
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
  double low = 0;
  double high = 1;
  while (power_at(*critical, df_of(plan, n), high) < power) {
    low = high;
    high *= 2;
  }
  constexpr int kBisections = 45;
  for (int step = 0; step < kBisections; ++step) {
    const double middle = (low + high) / 2;
    (power_at(*critical, df_of(plan, n), middle) < power ? low : high) = middle;
  }
  return high * plan.sd / std::sqrt(static_cast<double>(n));
}

}  // namespace plumbline
