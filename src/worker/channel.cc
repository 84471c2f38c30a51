#include "worker/channel.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <optional>
#include <span>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "process/descriptor.h"
#include "process/interrupts.h"

namespace plumbline {

namespace {

constexpr double kInterruptCheckSeconds = 0.1;
constexpr std::size_t kReadBytes = std::size_t{1} << 16;

// The cause to stop waiting, if there is one; else waits until a descriptor is ready or it is time
// to look again.
std::optional<ChannelEvent> wait_a_little(std::span<pollfd> descriptors, double deadline) {
  if (interrupted()) {
    return ChannelEvent::Interrupted;
  }
  const double remaining = deadline - monotonic_seconds();
  if (remaining <= 0) {
    return ChannelEvent::Deadline;
  }
  const double slice = std::min(remaining, kInterruptCheckSeconds);
  if (::poll(descriptors.data(), descriptors.size(), static_cast<int>(slice * 1000) + 1) < 0) {
    for (pollfd& descriptor : descriptors) {
      descriptor.revents = 0;
    }
  }
  return std::nullopt;
}

void set_nonblocking_fd(int fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

// Writing into a pipe that nobody reads raises SIGPIPE, which would end us. It is sent to the
// writing thread, so it can be held back and taken away there, and how the rest of the program
// handles it does not matter.
ssize_t write_without_signal(int fd, std::string_view bytes) {
  sigset_t pipe_signal;
  sigset_t before;
  sigset_t pending;
  ::sigemptyset(&pipe_signal);
  ::sigaddset(&pipe_signal, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  ::sigpending(&pending);
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  const int error = errno;
  if (written < 0 && error == EPIPE && ::sigismember(&pending, SIGPIPE) == 0) {
    const timespec at_once{};
    ::sigtimedwait(&pipe_signal, nullptr, &at_once);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return written;
}

}  // namespace

Channel::Channel(int request_fd, int response_fd, int exit_fd)
    : request_fd_(request_fd), response_fd_(response_fd), exit_fd_(exit_fd) {
  set_nonblocking_fd(request_fd_);
  set_nonblocking_fd(response_fd_);
}

ChannelEvent Channel::send(std::string_view bytes, double deadline) {
  while (!bytes.empty()) {
    std::array<pollfd, 2> ready{{{request_fd_, POLLOUT, 0}, {exit_fd_, POLLIN, 0}}};
    if (const auto cause = wait_a_little(ready, deadline)) {
      return *cause;
    }
    if (ready[1].revents != 0) {
      return ChannelEvent::Ended;
    }
    if (ready[0].revents == 0) {
      continue;
    }
    const ssize_t written = write_without_signal(request_fd_, bytes);
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EAGAIN && errno != EINTR) {
      return ChannelEvent::Closed;
    }
  }
  return ChannelEvent::Done;
}

Received Channel::receive(double deadline) {
  for (;;) {
    try {
      if (std::optional<nlohmann::json> message = reader_.next()) {
        return {ChannelEvent::Done, std::move(*message), ""};
      }
    } catch (const Error& error) {
      return {ChannelEvent::Garbage, nullptr, error.what()};
    }
    std::array<pollfd, 2> ready{{{response_fd_, POLLIN, 0}, {exit_fd_, POLLIN, 0}}};
    if (const auto cause = wait_a_little(ready, deadline)) {
      return {*cause, nullptr, ""};
    }
    // What a process said before it ended is still in the pipe: read first.
    const ReadState state = read_more();
    if (state == ReadState::AtEnd) {
      return {ChannelEvent::Closed, nullptr, ""};
    }
    if (state == ReadState::Nothing && ready[1].revents != 0) {
      return {ChannelEvent::Ended, nullptr, ""};
    }
  }
}

Channel::ReadState Channel::read_more() {
  std::array<char, kReadBytes> room;
  const std::ptrdiff_t count = read_some(response_fd_, room);
  if (count <= 0) {
    return count == 0 ? ReadState::AtEnd : ReadState::Nothing;
  }
  reader_.feed(std::as_bytes(std::span(room).first(static_cast<std::size_t>(count))));
  return ReadState::Read;
}

ChannelEvent Channel::wait_for_end(double deadline) {
  for (;;) {
    std::array<pollfd, 1> ready{{{exit_fd_, POLLIN, 0}}};
    if (const auto cause = wait_a_little(ready, deadline)) {
      return *cause;
    }
    if (ready[0].revents != 0) {
      return ChannelEvent::Ended;
    }
  }
}

}  // namespace plumbline
