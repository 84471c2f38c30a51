#include "stats/mean/mean_estimate.h"

#include <cmath>

#include "stats/distribution.h"
#include "stats/sample.h"

namespace plumbline {

std::optional<MeanEstimate> mean_estimate(const Summary& summary) {
  if (summary.count < 2) {
    return std::nullopt;
  }
  const auto n = static_cast<double>(summary.count);
  return MeanEstimate{summary.mean, *summary.sd / std::sqrt(n), n - 1};
}

std::optional<MeanEstimate> mean_estimate(std::span<const double> values) {
  check_finite(values, "the sample");
  return mean_estimate(summarise(values));
}

std::optional<MeanEstimate> paired_estimate(std::span<const double> first,
                                            std::span<const double> second) {
  return mean_estimate(summarise(differences(first, second)));
}

std::optional<MeanEstimate> welch_estimate(std::span<const double> first,
                                           std::span<const double> second) {
  const auto a = mean_estimate(first);
  const auto b = mean_estimate(second);
  if (!a || !b) {
    return std::nullopt;
  }
  const double va = a->standard_error * a->standard_error;
  const double vb = b->standard_error * b->standard_error;
  if (va + vb <= 0) {
    return std::nullopt;
  }
  const double share = va / (va + vb);  // of the first, so that tiny variances do not underflow
  const double df = 1 / (share * share / a->df + (1 - share) * (1 - share) / b->df);
  return MeanEstimate{a->mean - b->mean, std::sqrt(va + vb), df};
}

Interval interval_around(const MeanEstimate& estimate, double critical, double confidence) {
  const double half = critical * estimate.standard_error;
  return {estimate.mean - half, estimate.mean + half, confidence};
}

Interval t_interval(const MeanEstimate& estimate, double confidence) {
  check_confidence(confidence);
  return interval_around(estimate, student_t_critical(confidence, estimate.df), confidence);
}

std::optional<double> t_test_p(const MeanEstimate& estimate, double expected) {
  if (estimate.standard_error <= 0) {
    return std::nullopt;
  }
  return student_t_two_sided_p((estimate.mean - expected) / estimate.standard_error, estimate.df);
}

}  // namespace plumbline
