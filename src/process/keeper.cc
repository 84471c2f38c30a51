#include "process/keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "process/exit_reason.h"
#include "process/launch.h"

namespace plumbline {

namespace {

constexpr double kSampleSeconds = 0.05;
// Helpers that see their parent's end by a closing pipe (Python's resource tracker is one) need a
// moment to follow it.
constexpr double kGraceSeconds = 1;
constexpr int kGracePollMs = 10;
constexpr int kPipeBytes =
    1 << 20;  // so that a burst of output does not make the child wait for us
constexpr std::size_t kReadBytes = std::size_t{1} << 16;

// Signals that are read from a descriptor: a child's end, and requests to end.
Descriptor open_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) {
    ::sigaddset(&signals, signal);
  }
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  return Descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

Keeper::Keeper(const Isolation& isolation, Descriptor socket, ReceivedOrder received)
    : order_(std::move(received.order)),
      socket_(std::move(socket)),
      signals_(open_signals()),
      descriptors_(std::move(received.descriptors)),
      output_{{}, BoundedLog(std::move(descriptors_.standard_output), order_.max_log_bytes)},
      error_{{}, BoundedLog(std::move(descriptors_.standard_error), order_.max_log_bytes)},
      tree_(isolation.pid),
      kernel_kills_before_(kernel_out_of_memory_kills()) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  ::prctl(PR_SET_PDEATHSIG,
          SIGTERM);  // read from signals_, so that the tree is ended, not orphaned
  report_.pid_isolated = isolation.pid;
  report_.network_isolated = isolation.network;
  for (auto [drained, write_end] :
       {std::pair(&output_, &output_write_end_), std::pair(&error_, &error_write_end_)}) {
    Pipe pipe = make_pipe();
    ::fcntl(pipe.write_end.get(), F_SETPIPE_SZ, kPipeBytes);
    set_nonblocking(pipe.read_end);
    drained->read_end = std::move(pipe.read_end);
    *write_end = std::move(pipe.write_end);
  }
}

ExitReport Keeper::run() {
  const Launched launched = launch(order_, output_write_end_, error_write_end_, descriptors_);
  output_write_end_.close();
  error_write_end_.close();
  descriptors_ = {};  // our copies would keep the channel open after the child has closed it
  report_.started = launched.process > 0;
  report_.reason = launched.reason;
  if (report_.started) {
    main_process_ = launched.process;
    has_children_ = true;
    watch();
    end_tree();
  }
  for (DrainedPipe* pipe : {&output_, &error_}) {
    drain(*pipe);
    pipe->log.finish();
    report_.dropped_log_bytes += pipe->log.dropped_bytes();
  }
  finish_report();
  return report_;
}

void Keeper::watch() {
  while (!should_end()) {
    std::array<pollfd, 4> ready{{{signals_.get(), POLLIN, 0},
                                 {socket_.get(), POLLIN, 0},
                                 {output_.read_end.get(), POLLIN, 0},
                                 {error_.read_end.get(), POLLIN, 0}}};
    ::poll(ready.data(), ready.size(), poll_timeout_ms());
    drain(output_);
    drain(error_);
    read_socket();
    reap();
    sample_memory();
  }
  report_.left_processes = has_children_ && main_ended_at_ > 0 && !asked_to_end_;
}

void Keeper::end_tree() {
  while (has_children_) {
    tree_.kill_all();
    ::kill(-main_process_, SIGKILL);  // its group, for where there is no /proc to see more
    pollfd ended{signals_.get(), POLLIN, 0};
    ::poll(&ended, 1, kGracePollMs);
    reap();
  }
}

void Keeper::reap() {
  signalfd_siginfo signal{};
  while (read_some(signals_.get(), {reinterpret_cast<char*>(&signal), sizeof(signal)}) > 0) {
    asked_to_end_ = asked_to_end_ || signal.ssi_signo != static_cast<std::uint32_t>(SIGCHLD);
  }
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(-1, &status, WNOHANG | __WALL)) > 0) {
    if (ended != main_process_) {
      continue;
    }
    main_ended_at_ = monotonic_seconds();
    if (WIFEXITED(status)) {
      report_.exit_status = WEXITSTATUS(status);
    } else {
      report_.signal = WTERMSIG(status);
    }
  }
  has_children_ = ended == 0;  // else there is none, ended or not (ECHILD)
}

void Keeper::drain(DrainedPipe& pipe) {
  static std::array<char, kReadBytes> room;
  // One pipeful at most, so that a child that prints without end does not keep us from all else.
  for (std::size_t taken = 0; pipe.read_end.is_open() && taken < kPipeBytes;) {
    const std::ptrdiff_t count = read_some(pipe.read_end.get(), room);
    if (count < 0) {
      return;
    }
    if (count == 0) {
      pipe.read_end.close();
      return;
    }
    taken += static_cast<std::size_t>(count);
    pipe.log.append({room.data(), static_cast<std::size_t>(count)});
  }
}

void Keeper::read_socket() {
  char byte = 0;
  const ssize_t count = ::recv(socket_.get(), &byte, 1, MSG_DONTWAIT);
  const bool nothing_yet = count < 0 && (errno == EAGAIN || errno == EINTR);
  asked_to_end_ = asked_to_end_ || !nothing_yet;  // its byte, or the parent is gone
}

void Keeper::sample_memory() {
  const double started_at = monotonic_seconds();
  if (started_at < next_sample_at_ || !has_children_) {
    return;
  }
  const ProcessTree::Residence held = tree_.residence();
  report_.use.peak_resident_bytes = std::max(report_.use.peak_resident_bytes, held.bytes);
  if (order_.memory_limit_bytes && held.bytes > *order_.memory_limit_bytes) {
    // What several processes share has been counted for each of them.
    const auto proportional = held.processes > 1 ? tree_.proportional_bytes() : std::nullopt;
    report_.over_memory_limit = proportional.value_or(held.bytes) > *order_.memory_limit_bytes;
  }
  const double now = monotonic_seconds();
  next_sample_at_ = now + std::max(kSampleSeconds, 10 * (now - started_at));
}

int Keeper::poll_timeout_ms() const {
  if (main_ended_at_ > 0) {
    return kGracePollMs;
  }
  const double wait = next_sample_at_ - monotonic_seconds();
  return std::max(0, static_cast<int>(wait * 1000) + 1);
}

bool Keeper::should_end() const {
  const bool grace_over =
      main_ended_at_ > 0 && monotonic_seconds() - main_ended_at_ > kGraceSeconds;
  return !has_children_ || asked_to_end_ || report_.over_memory_limit || grace_over;
}

void Keeper::finish_report() {
  rusage use{};
  ::getrusage(RUSAGE_CHILDREN,
              &use);  // of all, for all have been waited for by us or by their parents
  report_.use.user_seconds = seconds(use.ru_utime);
  report_.use.system_seconds = seconds(use.ru_stime);
  // The kernel knows each process's exact peak, which may lie between two samples.
  const std::int64_t largest = std::int64_t{use.ru_maxrss} * 1024;
  report_.use.peak_resident_bytes = std::max(report_.use.peak_resident_bytes, largest);
  const bool kernel_killed = report_.signal == SIGKILL && !asked_to_end_ &&
                             kernel_out_of_memory_kills() > kernel_kills_before_;
  if (!report_.started) {
    return;
  }
  if (report_.over_memory_limit) {
    report_.reason =
        over_limit_reason(report_.use.peak_resident_bytes, order_.memory_limit_bytes.value_or(0));
  } else if (kernel_killed) {
    report_.over_memory_limit = true;
    report_.reason = "It was killed by the system, which had run out of memory.";
  } else {
    report_.reason = exit_reason(report_, asked_to_end_);
  }
}

}  // namespace plumbline
