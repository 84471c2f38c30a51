#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "process/child.h"
#include "process/descriptor.h"

namespace plumbline {

// What the parent and `plumbline-guard` say to each other over their socket: one order, at most one
// byte that asks to end the tree, one report. The end of the socket tells either that the other one
// is gone.

inline constexpr int kGuardSocket = 3;     // the guard's end, as the guard inherits it
inline constexpr int kChildRequestFd = 3;  // the channel's two descriptors in the child
inline constexpr int kChildResponseFd = 4;
inline constexpr char kEndTheTree = 'K';

struct GuardOrder {
  std::vector<std::string> command;
  std::vector<std::string> environment;  // "NAME=value"
  std::string working_folder;
  std::string scratch_folder;
  std::uint64_t max_log_bytes = 0;
  std::optional<std::int64_t> memory_limit_bytes;
};

// Descriptors that travel with the order. The channel's two are closed or both open.
struct GuardDescriptors {
  Descriptor standard_output;
  Descriptor standard_error;
  Descriptor request;   // read end
  Descriptor response;  // write end
};

// False when the other side is gone.
[[nodiscard]] bool send_order(const Descriptor& socket,
                              const GuardOrder& order,
                              const GuardDescriptors& descriptors);
[[nodiscard]] bool send_report(const Descriptor& socket, const ExitReport& report);

// Nothing when the other side is gone before the end of its message. Both wait for it.
struct ReceivedOrder {
  GuardOrder order;
  GuardDescriptors descriptors;
};
[[nodiscard]] std::optional<ReceivedOrder> receive_order(const Descriptor& socket);
[[nodiscard]] std::optional<ExitReport> receive_report(const Descriptor& socket);

}  // namespace plumbline
