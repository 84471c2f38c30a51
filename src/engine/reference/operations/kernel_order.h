#pragma once

#include "engine/dialect.h"
#include "engine/reference/array.h"

namespace plumbline::reference {

// A kernel (taps down, taps across, in, out) with its taps in the opposite order, down and across:
// what makes a correlation of a convolution (KernelOrder). Its own inverse, and of a gradient for
// the flipped kernel it gives the gradient for the kernel.
template <typename Value>
[[nodiscard]] Array<Value> flipped(const Array<Value>& kernel) {
  Array<Value> turned(kernel.shape());
  const std::int64_t last_down = kernel.extent(0) - 1;
  const std::int64_t last_across = kernel.extent(1) - 1;
  for (std::int64_t i = 0; i <= last_down; ++i) {
    for (std::int64_t j = 0; j <= last_across; ++j) {
      for (std::int64_t c = 0; c < kernel.extent(2); ++c) {
        for (std::int64_t o = 0; o < kernel.extent(3); ++o) {
          turned(i, j, c, o) = kernel(last_down - i, last_across - j, c, o);
        }
      }
    }
  }
  return turned;
}

template <typename Value>
[[nodiscard]] Array<Value> ordered(KernelOrder order, const Array<Value>& kernel) {
  return order == KernelOrder::Convolution ? flipped(kernel) : kernel;
}

}  // namespace plumbline::reference
