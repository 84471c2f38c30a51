#pragma once

#include <cstdint>

namespace plumbline::fast {

// Calls `body(i)` for every i in [0, count), shared over the OpenMP threads in equal consecutive
// parts.
template <typename Body>
void parallel_for(std::int64_t count, const Body& body) {
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < count; ++i) {
    body(i);
  }
}

}  // namespace plumbline::fast
