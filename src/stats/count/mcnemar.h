#pragma once

#include <cstdint>

namespace plumbline {

// McNemar's test, exact: of the examples on which two trained networks differ, is each as often
// right? The two-sided binomial p-value; 1 where they differ on none. About these two networks and
// other examples; it says nothing of other seeds. (Dietterich, "Approximate statistical tests for
// comparing supervised classification learning algorithms", Neural Computation 10, 1998: the test
// to take where each algorithm ran once.)
[[nodiscard]] double mcnemar_p(std::uint64_t only_first_right, std::uint64_t only_second_right);

}  // namespace plumbline
