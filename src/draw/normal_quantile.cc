#include "draw/normal_quantile.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace plumbline {
namespace {

// A polynomial's value; its coefficients from the constant on.
template <std::size_t N>
double value_at(const std::array<double, N>& polynomial, double x) {
  double value = 0;
  for (std::size_t i = N; i-- > 0;) {
    value = value * x + polynomial[i];
  }
  return value;
}

struct Ratio {
  std::array<double, 8> above;
  std::array<double, 8> below;
};

double value_at(const Ratio& ratio, double x) {
  return value_at(ratio.above, x) / value_at(ratio.below, x);
}

// AS 241's three rational functions: the centre, |p - 1/2| <= 0.425; the tails down to exp(-25);
// what is beyond.
constexpr Ratio kCentre = {{3.3871328727963666080e0,
                            1.3314166789178437745e+2,
                            1.9715909503065514427e+3,
                            1.3731693765509461125e+4,
                            4.5921953931549871457e+4,
                            6.7265770927008700853e+4,
                            3.3430575583588128105e+4,
                            2.5090809287301226727e+3},
                           {1.0,
                            4.2313330701600911252e+1,
                            6.8718700749205790830e+2,
                            5.3941960214247511077e+3,
                            2.1213794301586595867e+4,
                            3.9307895800092710610e+4,
                            2.8729085735721942674e+4,
                            5.2264952788528545610e+3}};
constexpr Ratio kTail = {{1.42343711074968357734e0,
                          4.63033784615654529590e0,
                          5.76949722146069140550e0,
                          3.64784832476320460504e0,
                          1.27045825245236838258e0,
                          2.41780725177450611770e-1,
                          2.27238449892691845833e-2,
                          7.74545014278341407640e-4},
                         {1.0,
                          2.05319162663775882187e0,
                          1.67638483018380384940e0,
                          6.89767334985100004550e-1,
                          1.48103976427480074590e-1,
                          1.51986665636164571966e-2,
                          5.47593808499534494600e-4,
                          1.05075007164441684324e-9}};
constexpr Ratio kFarTail = {{6.65790464350110377720e0,
                             5.46378491116411436990e0,
                             1.78482653991729133580e0,
                             2.96560571828504891230e-1,
                             2.65321895265761230930e-2,
                             1.24266094738807843860e-3,
                             2.71155556874348757815e-5,
                             2.01033439929228813265e-7},
                            {1.0,
                             5.99832206555887937690e-1,
                             1.36929880922735805310e-1,
                             1.48753612908506148525e-2,
                             7.86869131145613259100e-4,
                             1.84631831751005468180e-5,
                             1.42151175831644588870e-7,
                             2.04426310338993978564e-15}};

// 1, 1/3, 1/5, ...: artanh s = s (1 + s^2 / 3 + s^4 / 5 + ...).
constexpr auto kArtanh = [] {
  std::array<double, 12> series{};
  for (std::size_t term = 0; term < series.size(); ++term) {
    series[term] = 1.0 / static_cast<double>(2 * term + 1);
  }
  return series;
}();

// The natural logarithm of a normal positive number within 2 ulp: x = 2^k m with m in [sqrt(1/2),
// sqrt(2)), and log m = 2 artanh s with s = (m - 1) / (m + 1), |s| < 0.172, so that s^2 < 0.0295
// and twelve terms of the series are enough.
double natural_logarithm(double x) {
  constexpr double kRootOfHalf = 0.70710678118654752440;
  // ln 2 in two parts; the first has 20 zero bits at its end, so its product with an exponent is
  // exact (fdlibm, e_log.c).
  constexpr double kLn2High = 6.93147180369123816490e-01;
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < kRootOfHalf) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1);
  const double square = s * s;
  return exponent * kLn2High + (exponent * kLn2Low + 2 * s * value_at(kArtanh, square));
}

}  // namespace

double normal_quantile(double p) {
  constexpr double kCentreHalfWidth = 0.425;
  constexpr double kSquare = 0.180625;  // of the half width
  constexpr double kTailEnd = 5;        // of sqrt(-log p)
  const double q = p - 0.5;
  if (std::abs(q) <= kCentreHalfWidth) {
    return q * value_at(kCentre, kSquare - q * q);
  }
  const double r = std::sqrt(-natural_logarithm(std::min(p, 1 - p)));
  const double x = r <= kTailEnd ? value_at(kTail, r - 1.6) : value_at(kFarTail, r - kTailEnd);
  return q < 0 ? -x : x;
}

double truncated_normal_quantile(double p) {
  constexpr double kBelow = 0.022750131948179207200;  // Phi(-2)
  constexpr double kInside = 0.95449973610364158560;  // Phi(2) - Phi(-2)
  return normal_quantile(kBelow + p * kInside);
}

}  // namespace plumbline
