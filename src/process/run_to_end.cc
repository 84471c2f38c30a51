#include <poll.h>

#include <algorithm>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "process/child.h"

namespace plumbline {

namespace {

constexpr double kInterruptCheckSeconds = 0.1;

// True when the child has ended, false at the deadline.
bool wait_until(Child& child, double deadline) {
  for (;;) {
    if (interrupted()) {
      throw Error("Interrupted.", ExitCode::Interrupted);
    }
    const double remaining = deadline - monotonic_seconds();
    if (remaining <= 0) {
      return false;
    }
    const double slice = std::min(remaining, kInterruptCheckSeconds);
    pollfd ended{child.exit_fd(), POLLIN, 0};
    if (::poll(&ended, 1, static_cast<int>(slice * 1000) + 1) > 0) {
      return true;
    }
  }
}

}  // namespace

ExitReport run_to_end(const ChildOptions& options, double deadline_seconds) {
  Child child(options);
  const bool in_time = wait_until(child, monotonic_seconds() + deadline_seconds);
  if (!in_time) {
    child.kill();
  }
  ExitReport report = child.wait();
  if (!in_time && report.signal) {
    report.reason =
        "It was not done within " + format_seconds(deadline_seconds) + " and was killed.";
  }
  return report;
}

}  // namespace plumbline
