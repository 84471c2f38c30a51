#pragma once

#include <vector>

namespace plumbline::fast {

// The instruction sets that our own kernels are built for. They sum in different orders: bits are
// the same on machines that choose the same one.
enum class InstructionSet { Portable, Avx2, Avx512 };
[[nodiscard]] const char* instruction_set_name(InstructionSet set);  // "portable", "avx2", "avx512"

// Those that this machine has, the best one last.
[[nodiscard]] std::vector<InstructionSet> available_instruction_sets();
// The one that kernels use: the best, unless another one is forced.
[[nodiscard]] InstructionSet chosen_instruction_set();

// While it lives, the kernels of the whole process use this instruction set, which the machine must
// have. For tests and benchmarks; oneDNN is left as it is.
class ForcedInstructionSet {
 public:
  explicit ForcedInstructionSet(InstructionSet set);
  ~ForcedInstructionSet();
  ForcedInstructionSet(const ForcedInstructionSet&) = delete;
  ForcedInstructionSet& operator=(const ForcedInstructionSet&) = delete;
};

}  // namespace plumbline::fast
