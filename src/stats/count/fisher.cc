#include "stats/count/fisher.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "stats/distribution.h"

namespace plumbline {

double fisher_p(const Counted& first, const Counted& second) {
  for (const Counted& counted : {first, second}) {
    if (counted.count > counted.trials) {
      throw Error(fmt::format("{} of {} trials cannot be counted.", counted.count, counted.trials));
    }
  }
  const std::uint64_t marked = first.count + second.count;
  const std::uint64_t total = first.trials + second.trials;
  const double seen = hypergeometric_probability(first.count, marked, first.trials, total);
  // Tables that are as likely in truth may differ by rounding.
  constexpr double kSlack = 1e-7;
  double p = 0;
  for (std::uint64_t k = 0; k <= std::min(marked, first.trials); ++k) {
    const double probability = hypergeometric_probability(k, marked, first.trials, total);
    p += probability <= seen * (1 + kSlack) ? probability : 0;
  }
  return std::min(1.0, p);
}

}  // namespace plumbline
