#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "process/interrupts.h"

namespace plumbline {

// A child process of ours that nothing can outlive: it runs under `plumbline-guard`, a small
// program that holds the child's whole tree in a PID namespace where the system allows one (else as
// its subreaper and by process group), and ends the tree when it sees the pipe to us close, so even
// after our own `kill -9`. The guard also puts the child into a network namespace with only
// loopback where that is allowed, samples the tree's resident memory, and enforces the limit. It
// stands beside the running program, or is what PLUMBLINE_GUARD names; PLUMBLINE_ISOLATION=network
// (no PID namespace) or =none asks it for less.

struct ChildOptions {
  // command[0] is looked up in PATH of `environment`, which is the whole environment.
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
  std::filesystem::path working_folder;
  // Files, made anew. Of what is over max_log_bytes the start and the end are kept.
  std::filesystem::path standard_output;
  std::filesystem::path standard_error;
  std::size_t max_log_bytes = std::size_t{1} << 20;
  // Of the tree's residence; over it the tree is killed.
  std::optional<std::int64_t> memory_limit_bytes;
  bool allow_network = false;
  // Removed by the guard when we die before the child; may be empty.
  std::filesystem::path scratch_folder;
  // Give the child the two descriptors of docs/protocol.md, and add the variables that name them.
  bool with_channel = true;
};

// All of the whole tree, those that nobody waited for included.
struct ResourceUse {
  std::int64_t peak_resident_bytes = 0;  // at one time; sampled every 50 ms from /proc
  double user_seconds = 0;
  double system_seconds = 0;
};

struct ExitReport {
  bool started = false;  // false: the command could not be executed; `reason` says why
  std::optional<int> exit_status;
  std::optional<int> signal;
  bool over_memory_limit = false;  // over ours, or killed by the system when its memory ran out
  bool left_processes = false;  // some were alive a second after the child's end; they were killed
  bool network_isolated = false;
  bool pid_isolated = false;
  std::int64_t dropped_log_bytes = 0;
  ResourceUse use;
  std::string reason;  // sentences with the child as "It", when its exit status was not 0
};

// One running child. Not thread-safe. The destructor kills the tree and waits for it.
class Child {
 public:
  // Throws EnvironmentError if a log cannot be written or the guard cannot be started.
  explicit Child(const ChildOptions& options);
  ~Child();
  Child(Child&&) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child& operator=(Child&&) = delete;

  // The channel: the write end of requests and the read end of responses; -1 without one.
  [[nodiscard]] int request_fd() const;
  [[nodiscard]] int response_fd() const;
  // Becomes readable when the child has ended and nothing of its tree is left.
  [[nodiscard]] int exit_fd() const;
  // Ends the tree at once; returns without waiting.
  void kill();
  // Closes the channel and blocks until the tree is gone. May be called once.
  [[nodiscard]] ExitReport wait();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Runs a command to its end, its output into the two files. `deadline_seconds` from now; past it
// the tree is killed and `reason` says so. Stops early, with Error(Interrupted), when
// `interrupted()` turns true.
[[nodiscard]] ExitReport run_to_end(const ChildOptions& options, double deadline_seconds);

}  // namespace plumbline
