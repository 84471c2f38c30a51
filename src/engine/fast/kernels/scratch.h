#pragma once

#include <hwy/aligned_allocator.h>

#include <cstdint>

namespace plumbline::fast {

// A thread's own memory for one use, on a cache line, which grows to what was needed most. Not
// cleared. `Use` is a type that names the use.
template <typename Use>
float* scratch(std::int64_t floats) {
  thread_local hwy::AlignedFreeUniquePtr<float[]> memory;
  thread_local std::int64_t size = 0;
  if (size < floats) {
    memory = hwy::AllocateAligned<float>(static_cast<std::size_t>(floats));
    size = floats;
  }
  return memory.get();
}

}  // namespace plumbline::fast
