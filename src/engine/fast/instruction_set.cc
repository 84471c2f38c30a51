#include "engine/fast/instruction_set.h"

#include <hwy/highway.h>

#include <cstdint>

#include "base/error.h"

namespace plumbline::fast {
namespace {

std::int64_t target_of(InstructionSet set) {
  switch (set) {
    case InstructionSet::Portable:
      break;
    case InstructionSet::Avx2:
      return HWY_AVX2;
    case InstructionSet::Avx512:
      return HWY_AVX3;
  }
  return HWY_STATIC_TARGET;
}

bool is_supported(InstructionSet set) {
  return set == InstructionSet::Portable ||
         (hwy::SupportedTargets() & HWY_TARGETS & target_of(set)) != 0;
}

// `targets`: what the machine is taken to have; 0 for what it has.
void choose(std::int64_t targets) {
  hwy::SetSupportedTargetsForTest(targets);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace

const char* instruction_set_name(InstructionSet set) {
  switch (set) {
    case InstructionSet::Portable:
      return "portable";
    case InstructionSet::Avx2:
      return "avx2";
    case InstructionSet::Avx512:
      return "avx512";
  }
  return "";
}

std::vector<InstructionSet> available_instruction_sets() {
  std::vector<InstructionSet> found;
  for (const InstructionSet set :
       {InstructionSet::Portable, InstructionSet::Avx2, InstructionSet::Avx512}) {
    if (is_supported(set)) {
      found.push_back(set);
    }
  }
  return found;
}

InstructionSet chosen_instruction_set() {
  return available_instruction_sets().back();
}

ForcedInstructionSet::ForcedInstructionSet(InstructionSet set) {
  if (!is_supported(set)) {
    throw Error("This machine does not have the instruction set that was asked for.");
  }
  choose(target_of(set));
}

ForcedInstructionSet::~ForcedInstructionSet() {
  choose(0);
}

}  // namespace plumbline::fast
