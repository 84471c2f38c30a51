#pragma once

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace plumbline {

// The integral of a smooth function by Gauss-Legendre's rule of 30 points on each of some panels.
template <typename Function>
[[nodiscard]] double integral(const Function& function, double low, double high, int panels) {
  double sum = 0;
  const double width = (high - low) / panels;
  for (int panel = 0; panel < panels; ++panel) {
    sum += boost::math::quadrature::gauss<double, 30>::integrate(
        function, low + panel * width, low + (panel + 1) * width);
  }
  return sum;
}

// The mean of function(s) where s is an estimate, with `df` degrees of freedom, of a standard
// deviation of 1: sqrt(chi squared / df). What every t statistic is divided by.
template <typename Function>
[[nodiscard]] double mean_over_spread(double df, const Function& function) {
  const double constant = std::log(2.0) + df / 2 * std::log(df / 2) - boost::math::lgamma(df / 2);
  const auto density = [&](double s) {
    return std::exp(constant + (df - 1) * std::log(s) - df * s * s / 2);
  };
  const double reach = 9 / std::sqrt(2 * df);  // beyond it lies less than 1e-12, even for df = 1
  constexpr int kPanels = 3;
  return integral([&](double s) { return density(s) * function(s); },
                  std::max(0.0, 1 - reach),
                  1 + reach,
                  kPanels);
}

}  // namespace plumbline
