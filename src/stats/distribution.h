#pragma once

#include <cstdint>

namespace plumbline {

// The distributions that the methods need, from Boost.Math, behind functions so that its headers
// are compiled once. Arguments are in range by the callers' checks. Reentrant.

[[nodiscard]] double normal_cdf(double z);
[[nodiscard]] double standard_normal_quantile(double p);  // 0 < p < 1

[[nodiscard]] double student_t_cdf(double t, double df);
[[nodiscard]] double student_t_quantile(double p, double df);
// P(|T| >= |t|)
[[nodiscard]] double student_t_two_sided_p(double t, double df);
// The value that |T| exceeds with probability 1 - confidence.
[[nodiscard]] double student_t_critical(double confidence, double df);
// P(|T| >= critical) where T is noncentral t.
[[nodiscard]] double noncentral_t_two_sided(double critical, double df, double noncentrality);

// P(F >= f)
[[nodiscard]] double f_survival(double f, double df_between, double df_within);
[[nodiscard]] double chi_squared_quantile(double p, double df);
[[nodiscard]] double beta_quantile(double p, double a, double b);
// P(K <= k) of n trials with success probability p
[[nodiscard]] double binomial_cdf(std::uint64_t k, std::uint64_t n, double p);
// P(K = k): k marked ones among `drawn` of `total`, `marked` of which are marked.
[[nodiscard]] double hypergeometric_probability(std::uint64_t k,
                                                std::uint64_t marked,
                                                std::uint64_t drawn,
                                                std::uint64_t total);

}  // namespace plumbline
