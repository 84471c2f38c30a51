#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace plumbline {

// What every method asks of its numbers, and a few things that several of them take from them.

// Throws Error when a value is not finite. `what` names the values in the sentence: "the times".
void check_finite(std::span<const double> values, const char* what);
// Throws Error unless 0 < confidence < 1.
void check_confidence(double confidence);

// first[i] - second[i]. Throws Error for lengths that differ and for values that are not finite.
[[nodiscard]] std::vector<double> differences(std::span<const double> first,
                                              std::span<const double> second);

// The middle one, or the mean of the two in the middle. Not of nothing.
[[nodiscard]] double median(std::span<const double> values);

}  // namespace plumbline
