#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plumbline {

// This machine as it is now: what results are kept with, and what `doctor` prints. Unknown texts
// are empty.
struct Machine {
  std::string processor;         // model name
  std::string instruction_sets;  // those that matter for kernels: "avx2 avx512f amx_tile"
  int cores = 0;                 // that this process may use
  std::string governor;
  double load_average = 0;  // one minute
  std::int64_t memory_bytes = 0;
  std::int64_t available_memory_bytes = 0;
  std::string kernel;
};

[[nodiscard]] Machine read_machine();
[[nodiscard]] std::string machine_json(const Machine& machine);

// Throws UsageError if this process may use fewer cores.
void require_cores(int threads);
// Lets this process and its children run on the first `threads` cores it may use, so that every
// stack gets the same ones.
void use_cores(int threads);

// Processor time that all processes of the machine have used so far (user, system, stolen), in
// seconds.
[[nodiscard]] double machine_busy_seconds();
// The same of this process alone.
[[nodiscard]] double own_busy_seconds();

}  // namespace plumbline
