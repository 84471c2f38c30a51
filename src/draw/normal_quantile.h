#pragma once

namespace plumbline {

// Phi^-1(p), the standard normal's quantile, for 2^-53 <= p <= 1 - 2^-53: Wichura's PPND16
// (algorithm AS 241, Applied Statistics 37, 1988), relative error about 1e-16. Uses only operations
// that IEEE 754 rounds correctly, a logarithm of its own included, so its bits are the same on
// every machine. normal_quantile(1 - p) == -normal_quantile(p).
[[nodiscard]] double normal_quantile(double p);

// The quantile of a standard normal cut at -2 and 2, not rescaled, for p in (0, 1). Its standard
// deviation is 0.8796.
[[nodiscard]] double truncated_normal_quantile(double p);

}  // namespace plumbline
