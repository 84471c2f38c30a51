#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "engine/fast/instruction_set.h"

namespace plumbline::testing {

// Small integers: every sum of their products is exact in float32 whatever its order, as long as it
// stays below 2^24. So a kernel must give the very numbers of a plain loop (the exact integer probe
// of oneDNN's benchdnn).
[[nodiscard]] inline std::vector<float> integers(std::int64_t count,
                                                 int most,
                                                 std::mt19937& random) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) {
    value =
        static_cast<float>(static_cast<int>(random() % static_cast<unsigned>(2 * most + 1)) - most);
  }
  return values;
}

// Calls body() with each instruction set of this machine.
template <typename Body>
void with_each_instruction_set(const Body& body) {
  for (const fast::InstructionSet set : fast::available_instruction_sets()) {
    SCOPED_TRACE(fast::instruction_set_name(set));
    const fast::ForcedInstructionSet forced(set);
    body();
  }
}

}  // namespace plumbline::testing
