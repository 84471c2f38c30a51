#pragma once

#include <cstdint>
#include <string>

#include "process/child.h"

namespace plumbline {

// Sentences about how a child ended, with the child as "It". Empty for exit status 0.
[[nodiscard]] std::string exit_reason(const ExitReport& report, bool killed_by_us);
[[nodiscard]] std::string over_limit_reason(std::int64_t held_bytes, std::int64_t limit_bytes);

}  // namespace plumbline
