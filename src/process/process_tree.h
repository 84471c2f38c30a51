#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace plumbline {

// The processes below the calling one, as /proc tells. The caller must be their subreaper or the
// first process of their PID namespace, so that an orphan becomes its child and stays in the tree.
class ProcessTree {
 public:
  // `own_namespace`: everything in /proc but the caller belongs to the tree, which is cheaper to
  // see than to follow.
  explicit ProcessTree(bool own_namespace) : own_namespace_(own_namespace) {}

  [[nodiscard]] std::vector<pid_t> members() const;
  // What the members hold in residence. Pages that several share count for each: an upper bound.
  struct Residence {
    std::int64_t bytes = 0;
    int processes = 0;
  };
  [[nodiscard]] Residence residence();
  // The bytes with shared pages counted once (PSS), or nothing where the kernel does not tell.
  // Slow, for the kernel walks the page tables.
  [[nodiscard]] std::optional<std::int64_t> proportional_bytes() const;
  // SIGKILL to all. More may appear meanwhile: call again until no child is left to wait for.
  void kill_all() const;

 private:
  bool own_namespace_;
  std::vector<pid_t> known_;  // for residence, which follows the tree anew only now and then
  int samples_until_refresh_ = 0;
};

// How many processes the kernel has killed for want of memory since the machine started; 0 where it
// does not tell.
[[nodiscard]] std::int64_t kernel_out_of_memory_kills();

}  // namespace plumbline
