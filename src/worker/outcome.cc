#include "worker/outcome.h"

#include <limits>

namespace plumbline {

const char* outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::Trained:
      return "trained";
    case Outcome::Diverged:
      return "diverged";
    case Outcome::Unsupported:
      return "unsupported";
    case Outcome::Failed:
      return "failed";
    case Outcome::Crashed:
      return "crashed";
    case Outcome::TimedOut:
      return "timed_out";
    case Outcome::OutOfMemory:
      return "out_of_memory";
    case Outcome::ProtocolError:
      return "protocol_error";
    case Outcome::Untrusted:
      return "untrusted";
    case Outcome::Interrupted:
      return "interrupted";
  }
  return "";
}

double number_from_wire(const nlohmann::json& value, const std::string& what) {
  if (value.is_number()) {
    return value.get<double>();
  }
  if (value == "nan") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (value == "inf") {
    return std::numeric_limits<double>::infinity();
  }
  if (value == "-inf") {
    return -std::numeric_limits<double>::infinity();
  }
  throw TrialEnded{
      Outcome::ProtocolError,
      "The worker's " + what + " is not a number but of type " + value.type_name() + ".",
      ""};
}

}  // namespace plumbline
