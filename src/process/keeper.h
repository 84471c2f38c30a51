#pragma once

#include <sys/types.h>

#include <cstdint>

#include "process/bounded_log.h"
#include "process/child.h"
#include "process/descriptor.h"
#include "process/guard_message.h"
#include "process/isolation.h"
#include "process/process_tree.h"

namespace plumbline {

// The inner of the guard's two processes: parent, subreaper and, where there is a PID namespace,
// first process of the tree. It starts the command, keeps its logs, samples its memory, ends the
// tree when it must, and reports.
class Keeper {
 public:
  Keeper(const Isolation& isolation, Descriptor socket, ReceivedOrder received);
  // Returns when nothing of the tree is left.
  [[nodiscard]] ExitReport run();

 private:
  struct DrainedPipe {
    Descriptor read_end;
    BoundedLog log;
  };

  void watch();     // until there is a cause to end the tree, or nothing is left of it
  void end_tree();  // kills and waits until no child is left
  void reap();      // takes note of what has ended
  void drain(DrainedPipe& pipe);  // what is there now
  void sample_memory();
  void read_socket();
  [[nodiscard]] int poll_timeout_ms() const;
  [[nodiscard]] bool should_end() const;
  void finish_report();

  GuardOrder order_;
  Descriptor socket_;
  Descriptor signals_;  // a signalfd
  GuardDescriptors descriptors_;
  DrainedPipe output_;
  DrainedPipe error_;
  Descriptor output_write_end_;
  Descriptor error_write_end_;
  ProcessTree tree_;
  ExitReport report_;
  std::int64_t kernel_kills_before_;
  pid_t main_process_ = -1;
  bool has_children_ = false;
  bool asked_to_end_ = false;
  double main_ended_at_ = 0;  // by the monotonic clock; 0 while it runs
  double next_sample_at_ = 0;
};

}  // namespace plumbline
