#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "stats/comparison.h"

namespace plumbline {

// A comparison as docs/results.md describes it. Numbers that are not known are null, and so are
// those that are not finite.
[[nodiscard]] nlohmann::ordered_json comparison_json(const Comparison& comparison,
                                                     const std::vector<std::string>& stacks);

}  // namespace plumbline
