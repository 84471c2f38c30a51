#include "stats/mean/equivalence.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "stats/distribution.h"

namespace plumbline {

std::optional<EquivalenceTest> test_equivalence(const MeanEstimate& estimate,
                                                const Interval& margin) {
  if (!(margin.low < margin.high)) {
    throw Error(fmt::format("A margin runs from a lower to a higher value; {} to {} does not.",
                            margin.low,
                            margin.high));
  }
  if (estimate.standard_error <= 0) {
    return std::nullopt;
  }
  EquivalenceTest test;
  test.p_above =
      student_t_cdf(-(estimate.mean - margin.low) / estimate.standard_error, estimate.df);
  test.p_below =
      student_t_cdf((estimate.mean - margin.high) / estimate.standard_error, estimate.df);
  test.p = std::max(test.p_above, test.p_below);
  return test;
}

}  // namespace plumbline
