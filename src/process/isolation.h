#pragma once

#include <sys/types.h>

#include <string_view>
#include <vector>

namespace plumbline {

// What of the system a process tree does not share.
struct Isolation {
  bool user = false;  // a user namespace, where the others may be made without privilege
  bool pid =
      false;  // a PID namespace with a /proc of its own; when its first process ends, all end
  bool network = false;  // a network namespace with nothing but loopback
};

// The most that is wanted first, down to none. `limit` is the value of PLUMBLINE_ISOLATION: "none",
// "network", or empty for all; for systems where a namespace stands in the way of a driver, a
// debugger or a profiler.
[[nodiscard]] std::vector<Isolation> isolations_to_try(bool allow_network, std::string_view limit);

// The exit status of a new process whose namespaces could be made but not furnished (ids mapped,
// /proc mounted, loopback up).
inline constexpr int kNotFurnished = 70;

// Forks into new namespaces: 0 in the new process, its id or -1 in the caller, which has one
// thread. A new process that cannot furnish its namespaces ends with kNotFurnished instead.
[[nodiscard]] pid_t fork_into(const Isolation& isolation);

}  // namespace plumbline
