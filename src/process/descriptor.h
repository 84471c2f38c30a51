#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace plumbline {

// Owns an open file descriptor. Everything made here is close-on-exec, so that no child inherits it
// by accident.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};

// All throw EnvironmentError with the system's reason.
[[nodiscard]] Pipe make_pipe();
[[nodiscard]] std::pair<Descriptor, Descriptor> make_socket_pair();
void set_nonblocking(const Descriptor& descriptor);

// Writes everything, waiting where it must. False when the other side is gone or the disk is full.
[[nodiscard]] bool write_all(int fd, std::string_view text);

// Reads up to `room.size()` bytes: the count, 0 at the end of file or on an error, -1 when nothing
// is there yet.
[[nodiscard]] std::ptrdiff_t read_some(int fd, std::span<char> room);

}  // namespace plumbline
