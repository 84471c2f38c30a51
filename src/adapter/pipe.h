#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "worker/message.h"

namespace plumbline {

// Thrown when nobody reads our answers any more.
struct ConnectionLost {};

// A worker's two ends of its channel. Blocks. Not thread-safe.
class Pipe {
 public:
  Pipe(int request_fd, int response_fd) : request_fd_(request_fd), response_fd_(response_fd) {}
  // The next request, or nothing when the other side has closed. Throws Error for bytes that are
  // not a message.
  [[nodiscard]] std::optional<nlohmann::json> receive();
  // Throws ConnectionLost when nobody reads any more.
  void send(const nlohmann::json& message);

 private:
  int request_fd_;
  int response_fd_;
  MessageReader reader_;
};

}  // namespace plumbline
