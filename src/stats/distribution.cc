#include "stats/distribution.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace plumbline {

using boost::math::cdf;
using boost::math::complement;
using boost::math::quantile;

double normal_cdf(double z) {
  return cdf(boost::math::normal(), z);
}

double standard_normal_quantile(double p) {
  return quantile(boost::math::normal(), p);
}

double student_t_cdf(double t, double df) {
  return cdf(boost::math::students_t(df), t);
}

double student_t_quantile(double p, double df) {
  return quantile(boost::math::students_t(df), p);
}

double student_t_two_sided_p(double t, double df) {
  return 2 * cdf(complement(boost::math::students_t(df), std::abs(t)));
}

double student_t_critical(double confidence, double df) {
  return quantile(complement(boost::math::students_t(df), (1 - confidence) / 2));
}

double noncentral_t_two_sided(double critical, double df, double noncentrality) {
  const boost::math::non_central_t t(df, noncentrality);
  return cdf(complement(t, critical)) + cdf(t, -critical);
}

double f_survival(double f, double df_between, double df_within) {
  return cdf(complement(boost::math::fisher_f(df_between, df_within), f));
}

double chi_squared_quantile(double p, double df) {
  return quantile(boost::math::chi_squared(df), p);
}

double beta_quantile(double p, double a, double b) {
  return quantile(boost::math::beta_distribution<>(a, b), p);
}

double binomial_cdf(std::uint64_t k, std::uint64_t n, double p) {
  return cdf(boost::math::binomial(static_cast<double>(n), p), static_cast<double>(k));
}

// By logarithms of factorials: Boost's own takes 32-bit arguments.
double hypergeometric_probability(std::uint64_t k,
                                  std::uint64_t marked,
                                  std::uint64_t drawn,
                                  std::uint64_t total) {
  const auto log_choose = [](std::uint64_t n, std::uint64_t r) {
    return boost::math::lgamma(static_cast<double>(n) + 1) -
           boost::math::lgamma(static_cast<double>(r) + 1) -
           boost::math::lgamma(static_cast<double>(n - r) + 1);
  };
  if (k > marked || k > drawn || drawn - k > total - marked) {
    return 0;
  }
  return std::exp(log_choose(marked, k) + log_choose(total - marked, drawn - k) -
                  log_choose(total, drawn));
}

}  // namespace plumbline
