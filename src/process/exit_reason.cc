#include "process/exit_reason.h"

#include <cstring>

#include "base/text.h"

namespace plumbline {

std::string exit_reason(const ExitReport& report, bool killed_by_us) {
  if (report.signal) {
    if (killed_by_us) {
      return "It was ended before it was done.";
    }
    return "It was killed by signal " + std::to_string(*report.signal) + " (" +
           ::strsignal(*report.signal) + ").";
  }
  if (report.exit_status.value_or(0) != 0) {
    return "It ended with exit status " + std::to_string(*report.exit_status) + ".";
  }
  return "";
}

std::string over_limit_reason(std::int64_t held_bytes, std::int64_t limit_bytes) {
  return "Its processes held " + format_bytes(static_cast<double>(held_bytes)) +
         " of memory, over the limit of " + format_bytes(static_cast<double>(limit_bytes)) +
         ", and were killed.";
}

}  // namespace plumbline
