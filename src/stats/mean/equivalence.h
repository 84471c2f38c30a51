#pragma once

#include <optional>

#include "stats/interval.h"
#include "stats/mean/mean_estimate.h"

namespace plumbline {

// Two one-sided t tests (Schuirmann, "A comparison of the two one-sided tests procedure and the
// power approach", Journal of Pharmacokinetics and Biopharmaceutics 15, 1987): is the mean above
// `margin.low`, and is it below `margin.high`?
struct EquivalenceTest {
  double p_above = 1;  // of "the mean is at most margin.low"
  double p_below = 1;  // of "the mean is at least margin.high"
  double p = 1;        // the larger: at most alpha exactly when the 1 - 2 alpha interval is inside
};

// Absent without spread. Throws Error unless margin.low < margin.high.
[[nodiscard]] std::optional<EquivalenceTest> test_equivalence(const MeanEstimate& estimate,
                                                              const Interval& margin);

}  // namespace plumbline
