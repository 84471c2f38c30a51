#pragma once

#include <string>

namespace plumbline {

// Seconds of the monotonic clock; only differences mean anything.
[[nodiscard]] double monotonic_seconds();
// UTC, "2026-01-31T12:34:56Z".
[[nodiscard]] std::string utc_timestamp();

}  // namespace plumbline
