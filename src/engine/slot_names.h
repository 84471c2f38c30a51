#pragma once

#include <string>
#include <vector>

#include "engine/defaults.h"

namespace plumbline {

// The names of what an optimizer remembers of each parameter, in the order in which both engines
// keep it (reference/optimizers/update.h); without those that the settings leave unused.
[[nodiscard]] std::vector<std::string> slot_names(const OptimizerSettings& settings);

}  // namespace plumbline
