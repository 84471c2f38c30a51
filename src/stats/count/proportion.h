#pragma once

#include <cstdint>

#include "stats/interval.h"

namespace plumbline {

// The exact interval for a share of which `count` of `trials` were seen (Clopper and Pearson, "The
// use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26,
// 1934). 0 to 1 for no trials. Throws Error for more counted than trials.
[[nodiscard]] Interval share_interval(std::uint64_t count, std::uint64_t trials, double confidence);

}  // namespace plumbline
