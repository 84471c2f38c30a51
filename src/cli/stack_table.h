#pragma once

#include <nlohmann/json.hpp>
#include <ostream>

#include "base/exit_code.h"

namespace plumbline {

// One object a shipped stack, as in `list stacks --json`.
[[nodiscard]] nlohmann::ordered_json stack_documents();

// Version, state and size of every shipped stack, and why one cannot run.
ExitCode print_stacks(std::ostream& out, bool json);

}  // namespace plumbline
