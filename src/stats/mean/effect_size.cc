#include "stats/mean/effect_size.h"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "stats/sample.h"

namespace plumbline {

std::optional<double> hedges_g(const Summary& differences) {
  if (differences.count < 3 || *differences.sd <= 0) {
    return std::nullopt;
  }
  const double df = static_cast<double>(differences.count) - 1;
  const double log_correction =
      boost::math::lgamma(df / 2) - boost::math::lgamma((df - 1) / 2) - std::log(df / 2) / 2;
  return std::exp(log_correction) * differences.mean / *differences.sd;
}

std::optional<double> probability_above(std::span<const double> differences) {
  if (differences.empty()) {
    return std::nullopt;
  }
  double wins = 0;
  for (const double difference : differences) {
    wins += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
  }
  return wins / static_cast<double>(differences.size());
}

std::optional<double> correlation(std::span<const double> first, std::span<const double> second) {
  const Summary difference = summarise(differences(first, second));
  const Summary a = summarise(first);
  const Summary b = summarise(second);
  if (difference.count < 3 || *a.sd <= 0 || *b.sd <= 0) {
    return std::nullopt;
  }
  double products = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    products += (first[i] - a.mean) / *a.sd * ((second[i] - b.mean) / *b.sd);
  }
  return products / static_cast<double>(difference.count - 1);
}

}  // namespace plumbline
