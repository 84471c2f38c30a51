#pragma once

#include <cmath>
#include <cstdint>

#include "engine/dialect.h"
#include "engine/reference/arithmetic/arithmetic.h"

namespace plumbline::reference {

// beta^t as a float32 framework has it.
[[nodiscard]] inline float float32_power(BetaPower how, double beta, std::int64_t t) {
  const auto beta_32 = static_cast<float>(beta);
  if (how == BetaPower::Float32) {
    return std::pow(beta_32, static_cast<float>(t));
  }
  float power = 1;
  for (std::int64_t step = 0; step < t; ++step) {
    power *= beta_32;
  }
  return power;
}

// 1 - beta^t, t from 1. Where the power is float32's, its error is in units of 1: of powf by the
// library's own rounding, and of Constants::Exact by any convention.
template <Arithmetic A>
[[nodiscard]] typename A::Value bias_correction(const A& a,
                                                const OptimizerDialect& dialect,
                                                double beta,
                                                std::int64_t t) {
  if (!dialect.bias_correction) {
    return a.constant(1);
  }
  if (dialect.beta_power == BetaPower::Double) {
    const auto exact = a.constant(1 - std::pow(beta, static_cast<double>(t)));
    return dialect.constants == Constants::Exact ? a.allow(exact, 1, 1) : exact;
  }
  const float power = float32_power(dialect.beta_power, beta, t);
  const auto correction = a.constant(static_cast<double>(1.0F - power));
  const bool of_a_library = dialect.beta_power == BetaPower::Float32 && t > 1;
  return of_a_library ? a.allow(correction, static_cast<double>(power), 1) : correction;
}

}  // namespace plumbline::reference
