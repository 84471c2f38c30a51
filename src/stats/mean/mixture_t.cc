#include "stats/mean/mixture_t.h"

#include <cmath>

#include "stats/mean/mean_estimate.h"
#include "stats/sample.h"

namespace plumbline {

std::optional<double> log_e_value(const Summary& values, double expected, double g) {
  if (values.count < 2 || *values.sd <= 0) {
    return std::nullopt;
  }
  const auto n = static_cast<double>(values.count);
  // t^2 / (n - 1) = q / (1 - q); in this form nothing cancels for q near 1.
  const double ratio = n * std::pow((values.mean - expected) / *values.sd, 2) / (n - 1);
  const double shrink = 1 + n * g;
  return -0.5 * std::log(shrink) + n / 2 * (std::log1p(ratio) - std::log1p(ratio / shrink));
}

std::optional<double> mixture_t_critical(std::size_t count, double alpha, double g) {
  check_confidence(1 - alpha);
  if (count < 2) {
    return std::nullopt;
  }
  const auto n = static_cast<double>(count);
  const double shrink = 1 + n * g;
  // 1 - c q = (alpha^2 / (1 + n g))^(1/n) =: rest where E = 1 / alpha.
  const double log_rest = (2 * std::log(alpha) - std::log(shrink)) / n;
  const double q = -std::expm1(log_rest) * shrink / (n * g);
  if (q >= 1) {
    return std::nullopt;
  }
  return std::sqrt((n - 1) * q / (1 - q));
}

std::optional<Interval> confidence_sequence(const Summary& values, double confidence, double g) {
  check_confidence(confidence);
  const auto estimate = mean_estimate(values);
  const auto critical = mixture_t_critical(values.count, 1 - confidence, g);
  if (!estimate || !critical || estimate->standard_error <= 0) {
    return std::nullopt;
  }
  return interval_around(*estimate, *critical, confidence);
}

}  // namespace plumbline
