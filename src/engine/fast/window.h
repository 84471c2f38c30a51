#pragma once

#include <algorithm>
#include <dnnl.hpp>

#include "study/network.h"

namespace plumbline::fast {

// How a kernel or a pool slides, as oneDNN takes it: (height, width) each. "same" is TensorFlow's:
// of an odd amount of padding the larger half goes to the end.
struct Window {
  dnnl::memory::dims size;
  dnnl::memory::dims stride;
  dnnl::memory::dims padding_begin;
  dnnl::memory::dims padding_end;
};

// `input` and `output` are (batch, channels, height, width).
[[nodiscard]] inline Window make_window(const dnnl::memory::dims& input,
                                        const dnnl::memory::dims& output,
                                        const std::array<std::int64_t, 2>& size,
                                        const std::array<std::int64_t, 2>& stride,
                                        Padding padding) {
  Window window{{size[0], size[1]}, {stride[0], stride[1]}, {0, 0}, {0, 0}};
  for (std::size_t axis = 0; padding == Padding::Same && axis < 2; ++axis) {
    const std::int64_t covered = (output[axis + 2] - 1) * stride[axis] + size[axis];
    const std::int64_t total = std::max<std::int64_t>(0, covered - input[axis + 2]);
    window.padding_begin[axis] = total / 2;
    window.padding_end[axis] = total - total / 2;
  }
  return window;
}

}  // namespace plumbline::fast
