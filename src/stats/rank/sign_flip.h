#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace plumbline {

inline constexpr std::size_t kMostSignFlips = 30;

// The exact sign-flip (permutation) test of paired differences, two-sided: of all 2^n ways to give
// them signs, the share whose sum is at least as far from 0 as the one seen. Needs only that a
// difference is as likely as its negative. It cannot fall below 2^(1 - n): with five pairs not
// below 0.0625. Absent of nothing and of more than kMostSignFlips values, where it takes too long
// and Student's t says the same. Throws Error for values that are not finite.
[[nodiscard]] std::optional<double> sign_flip_p(std::span<const double> differences);

}  // namespace plumbline
