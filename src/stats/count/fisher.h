#pragma once

#include <cstdint>

namespace plumbline {

// `count` of `trials`.
struct Counted {
  std::uint64_t count = 0;
  std::uint64_t trials = 0;
};

// Fisher's exact test of two shares, two-sided: the probability of all tables with these margins
// that are no more likely than this one. Throws Error for more counted than trials.
[[nodiscard]] double fisher_p(const Counted& first, const Counted& second);

}  // namespace plumbline
