#pragma once

#include <optional>

#include "stats/interval.h"
#include "stats/summary.h"

namespace plumbline {

// A t test that may be looked at after every value and stopped at any time, for any reason: a
// mixture over the standardised mean, normal with variance `g`, and over the spread (the right Haar
// prior). With q = n (mean - expected)^2 / sum (x - expected)^2 and c = n g / (1 + n g),
//
//   log E = -1/2 log(1 + n g) - n/2 log(1 - c q).
//
// Where the values are normal with mean `expected`, E is a martingale of mean 1, so that the chance
// that it *ever* reaches 1 / alpha is at most alpha (Ville). It is the Bayes factor of Jeffreys' t
// test with a normal instead of a Cauchy prior (Gönen et al., "The Bayesian two-sample t test", The
// American Statistician 59, 2005); that it may be watched all the time: Wang and Ramdas,
// "Anytime-valid t-tests and confidence sequences for Gaussian means with unknown variance", 2023.
inline constexpr double kMixtureVariance = 1;

// log E of "the mean is `expected`". Absent for fewer than two values or without spread.
[[nodiscard]] std::optional<double> log_e_value(const Summary& values,
                                                double expected = 0,
                                                double g = kMixtureVariance);

// What a t statistic of n values must exceed for E to reach 1 / alpha; absent where none suffices.
[[nodiscard]] std::optional<double> mixture_t_critical(std::size_t n,
                                                       double alpha,
                                                       double g = kMixtureVariance);

// All means whose E is below 1 / alpha: mean ± critical x sd / sqrt n. The intervals after every
// value hold all together at `confidence`. Absent while there are too few values.
[[nodiscard]] std::optional<Interval> confidence_sequence(const Summary& values,
                                                          double confidence,
                                                          double g = kMixtureVariance);

}  // namespace plumbline
