#include "stats/count/mcnemar.h"

#include <algorithm>

#include "stats/distribution.h"

namespace plumbline {

double mcnemar_p(std::uint64_t only_first_right, std::uint64_t only_second_right) {
  const std::uint64_t fewer = std::min(only_first_right, only_second_right);
  const std::uint64_t both = only_first_right + only_second_right;
  return both == 0 ? 1 : std::min(1.0, 2 * binomial_cdf(fewer, both, 0.5));
}

}  // namespace plumbline
