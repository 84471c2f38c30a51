#pragma once

#include <sys/types.h>

#include <string>

#include "process/descriptor.h"
#include "process/guard_message.h"

namespace plumbline {

struct Launched {
  pid_t process = -1;  // -1: not running, `reason` says why
  std::string reason;
};

// Forks and executes the order's command, in a session of its own, with only the descriptors that
// are its own: standard input at its end, the two logs, and the channel's two where they are open.
// Dies with the calling process.
[[nodiscard]] Launched launch(const GuardOrder& order,
                              const Descriptor& standard_output,
                              const Descriptor& standard_error,
                              const GuardDescriptors& descriptors);

}  // namespace plumbline
