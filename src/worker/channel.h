#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "worker/message.h"

namespace plumbline {

// What waiting on a worker's channel came to.
enum class ChannelEvent {
  Done,     // sent, or a message received
  Closed,   // the worker has closed its end
  Ended,    // the worker's process is gone, and nothing of what it sent is left
  Garbage,  // what came is not a message; `reason` says why
  Deadline,
  Interrupted,
};

struct Received {
  ChannelEvent event = ChannelEvent::Done;
  nlohmann::json message;
  std::string reason;
};

// Our ends of a worker's two pipes, and the descriptor that tells of its end, all owned by a Child.
// Waits for each of them, for the deadline and for interrupts at once, and looks at the latter
// every 100 ms. Not thread-safe.
class Channel {
 public:
  Channel(int request_fd, int response_fd, int exit_fd);

  // Deadlines are points of monotonic_seconds().
  [[nodiscard]] ChannelEvent send(std::string_view bytes, double deadline);
  [[nodiscard]] Received receive(double deadline);
  // Until the process is gone: Ended, or Deadline or Interrupted.
  [[nodiscard]] ChannelEvent wait_for_end(double deadline);

 private:
  enum class ReadState { Read, Nothing, AtEnd };
  [[nodiscard]] ReadState read_more();

  int request_fd_;
  int response_fd_;
  int exit_fd_;
  MessageReader reader_;
};

}  // namespace plumbline
