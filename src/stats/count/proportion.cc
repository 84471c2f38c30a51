#include "stats/count/proportion.h"

#include <fmt/format.h>

#include "base/error.h"
#include "stats/distribution.h"
#include "stats/sample.h"

namespace plumbline {

Interval share_interval(std::uint64_t count, std::uint64_t trials, double confidence) {
  check_confidence(confidence);
  if (count > trials) {
    throw Error(fmt::format("{} of {} trials cannot be counted.", count, trials));
  }
  const double tail = (1 - confidence) / 2;
  const auto k = static_cast<double>(count);
  const auto n = static_cast<double>(trials);
  return {count == 0 ? 0 : beta_quantile(tail, k, n - k + 1),
          count == trials ? 1 : beta_quantile(1 - tail, k + 1, n - k),
          confidence};
}

}  // namespace plumbline
