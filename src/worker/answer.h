#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>

#include "worker/outcome.h"

namespace plumbline {

struct Progress {
  std::int64_t step = 0;
  std::int64_t steps = 0;
  double loss = 0;  // may be NaN
};

// What one message from a worker says, once its form has been checked.
struct Refusal {
  Outcome outcome;  // Unsupported or Failed
  std::string reason;
  std::string detail;
};
struct Result {
  nlohmann::json members;  // an object
};
using Answer = std::variant<Progress, Result, Refusal>;

// Reads a message that came while request `name` with number `id` was open. Throws
// TrialEnded(ProtocolError) that says what of it is not as docs/protocol.md has it. Members that
// the protocol does not know are passed over.
[[nodiscard]] Answer read_answer(nlohmann::json message, std::int64_t id, const std::string& name);

}  // namespace plumbline
