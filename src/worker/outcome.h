#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace plumbline {

// How a trial ended. Values, never exceptions; the reason is a sentence.
enum class Outcome {
  Trained,      // final
  Diverged,     // final: loss, weights or outputs are not finite
  Unsupported,  // final: the stack says it cannot do this
  Failed,       // the worker answered "error"
  Crashed,      // the process ended before its answer
  TimedOut,
  OutOfMemory,
  ProtocolError,  // what came over the channel, or a tensor file, was not of the protocol
  Untrusted,      // claims to have trained, but the weights did not change, or steps are missing
  Interrupted,    // by the user; never stored as a result
};
[[nodiscard]] const char* outcome_name(Outcome outcome);  // "trained", "timed_out", ...

// Thrown by Session when the trial is over before its end; caught by the trial's runner, which
// stores it.
struct TrialEnded {
  Outcome outcome;
  std::string reason;
  std::string detail;  // a traceback or the end of standard error, or empty
};

// A JSON number, or "nan", "inf", "-inf" as the protocol writes them. Throws
// TrialEnded(ProtocolError) naming `what`.
[[nodiscard]] double number_from_wire(const nlohmann::json& value, const std::string& what);

}  // namespace plumbline
