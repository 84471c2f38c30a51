#pragma once

#include <vector>

#include "stats/comparison.h"
#include "stats/pairs/example_counts.h"

namespace plumbline {

// Each stack by itself, ranks included. (stacks)
[[nodiscard]] std::vector<StackStanding> stack_standings(const TrialMatrix& matrix,
                                                         const ExampleCounts& examples,
                                                         const ComparisonSettings& settings);

}  // namespace plumbline
