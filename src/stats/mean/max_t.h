#pragma once

#include <cstddef>

namespace plumbline {

// Critical values for many differences of means at once: with them, all intervals of a family hold
// together at the confidence.

enum class Family {
  AllPairs,  // every mean with every other
  WithOne,   // every mean with one that was named beforehand
};

// How many pairs a family of `means` means has.
[[nodiscard]] std::size_t pairs_in(Family family, std::size_t means);

// Of independent means with one spread, estimated with `df` degrees of freedom: what the largest
// |t| of the family exceeds with probability 1 - confidence. Exact for normal errors: Tukey's
// studentized range over sqrt 2, or Dunnett's two-sided value ("A multiple comparison procedure
// for comparing several treatments with a control", JASA 50, 1955). Throws Error for fewer than two
// means or df below 1.
[[nodiscard]] double max_t_critical(Family family, std::size_t means, double df, double confidence);
// P(the largest |t| of the family >= t). Absolute error below 1e-10.
[[nodiscard]] double max_t_p(Family family, std::size_t means, double df, double t);

// Student's critical value at 1 - alpha / pairs (Bonferroni): holds whatever the spreads and
// however the pairs depend on each other.
[[nodiscard]] double bonferroni_t_critical(std::size_t pairs, double df, double confidence);

}  // namespace plumbline
