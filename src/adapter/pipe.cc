#include "adapter/pipe.h"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace plumbline {

std::optional<nlohmann::json> Pipe::receive() {
  std::array<std::byte, 65536> buffer;
  while (true) {
    if (std::optional<nlohmann::json> message = reader_.next()) {
      return message;
    }
    const ssize_t count = read(request_fd_, buffer.data(), buffer.size());
    if (count > 0) {
      reader_.feed({buffer.data(), static_cast<std::size_t>(count)});
    } else if (count == 0 || errno != EINTR) {
      return std::nullopt;
    }
  }
}

void Pipe::send(const nlohmann::json& message) {
  const std::string bytes = encode_message(message);
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = write(response_fd_, bytes.data() + sent, bytes.size() - sent);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      throw ConnectionLost{};
    }
  }
}

}  // namespace plumbline
