#include "parity/judgement.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace plumbline::parity {
namespace {

using reference::Bounded;

constexpr double kResolutionCap = 1000;

double ratio(Bounded expected, float found) {
  const double error = std::abs(static_cast<double>(found) - expected.value);
  if (error == 0) {
    return 0;
  }
  return std::isnan(error) || expected.bound == 0 ? INFINITY : error / expected.bound;
}

bool equal_when_rounded(std::span<const Bounded> expected, std::span<const float> found) {
  return std::equal(expected.begin(), expected.end(), found.begin(), [](Bounded c, float c_hat) {
    return static_cast<float>(c.value) == c_hat;
  });
}

double root_mean_square(std::span<const double> values) {
  double squares = 0;
  for (const double x : values) {
    squares += x * x;
  }
  return values.empty() ? 0 : std::sqrt(squares / static_cast<double>(values.size()));
}

double relative_error(std::span<const Bounded> expected,
                      std::span<const float> found,
                      std::span<const double> signal) {
  std::vector<double> errors(expected.size());
  for (std::size_t i = 0; i < errors.size(); ++i) {
    errors[i] = static_cast<double>(found[i]) - expected[i].value;
  }
  const double error = root_mean_square(errors);
  return error == 0 ? 0 : error / root_mean_square(signal);
}

double resolution(std::span<const Bounded> expected, std::span<const double> signal) {
  std::vector<double> ratios(expected.size());
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    const double size = std::abs(signal[i]);
    ratios[i] = size == 0 ? 0 : std::min(kResolutionCap, size / expected[i].bound);
  }
  return root_mean_square(ratios);
}

}  // namespace

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::Exact:
      return "exact";
    case Verdict::Rounding:
      return "rounding";
    case Verdict::Suspect:
      return "suspect";
    case Verdict::Fail:
      return "fail";
    case Verdict::Vacuous:
      break;
  }
  return "vacuous";
}

double worst_ratio(std::span<const Bounded> expected, std::span<const float> found) {
  double worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    worst = std::max(worst, ratio(expected[i], found[i]));
  }
  return worst;
}

Judgement judge(const std::string& name,
                std::span<const Bounded> expected,
                std::span<const float> found,
                std::span<const double> signal,
                const std::function<double()>& cloud_rho) {
  Judgement judgement;
  judgement.name = name;
  judgement.rho = worst_ratio(expected, found);
  judgement.relative_error = relative_error(expected, found, signal);
  judgement.resolution = resolution(expected, signal);
  if (judgement.rho > 1) {
    judgement.cloud_rho = cloud_rho();
  }
  if (judgement.rho > std::max(1.0, kCloudMargin * judgement.cloud_rho)) {
    judgement.verdict = Verdict::Fail;
  } else if (judgement.rho > std::max(1.0, judgement.cloud_rho)) {
    judgement.verdict = Verdict::Suspect;
  } else if (judgement.resolution < kLeastResolution) {
    judgement.verdict = Verdict::Vacuous;
  } else {
    judgement.verdict = equal_when_rounded(expected, found) ? Verdict::Exact : Verdict::Rounding;
  }
  return judgement;
}

}  // namespace plumbline::parity
