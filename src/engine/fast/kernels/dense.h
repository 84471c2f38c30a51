#pragma once

#include <cstdint>

#include "engine/fast/kernels/dense_layout.h"
#include "engine/fast/kernels/update.h"

namespace plumbline::fast {

// The kernels of a dense layer, outputs = inputs * kernel + bias. The backward pass leaves out
// products with gradients that are zero because a ReLU or dropout stopped them. Matrices are
// row-major (batch, inputs) and (batch, outputs), or in panels where it says so. Each call does one
// part of a pass; parts may run in any order, on any threads, and a part's sums have one order
// always.

// The inputs of one panel, from row-major to panels.
void pack_panel(const DenseShape& shape, const float* inputs, std::int64_t panel, float* packed);

struct DenseForward {
  const float* packed_inputs = nullptr;  // in panels
  const float* kernel = nullptr;         // in panels
  const float* bias = nullptr;           // null for none
  bool relu = false;
  const std::uint8_t* mask = nullptr;  // of dropout, (batch, outputs); null for none
  float scale = 1;                     // of what dropout leaves
  float* outputs = nullptr;
};
// Parts of the forward pass: blocks of outputs times blocks of images.
[[nodiscard]] std::int64_t forward_parts(const DenseShape& shape);
void dense_forward_part(const DenseShape& shape, const DenseForward& pass, std::int64_t part);

// A gradient that is not zero, and the row that it goes with.
struct Entry {
  std::int32_t row;
  float gradient;
};

// The entries of the gradient by the layer's sums, in blocks of kEntryOutputs outputs.
inline constexpr std::int64_t kEntryOutputs = 32;
[[nodiscard]] constexpr std::int64_t entry_blocks(const DenseShape& shape) {
  return (shape.outputs + kEntryOutputs - 1) / kEntryOutputs;
}
struct DenseEntries {
  // For each block and image up to kEntryOutputs entries; their rows are outputs of the block.
  Entry* by_image = nullptr;
  std::int32_t* image_counts = nullptr;  // (block, image)
  // For each output up to `batch` entries; their rows are images. Then one whose row is beyond all.
  Entry* by_output = nullptr;

  [[nodiscard]] const Entry* of_image(const DenseShape& shape,
                                      std::int64_t block,
                                      std::int64_t image) const {
    return by_image + (block * shape.batch + image) * kEntryOutputs;
  }
  [[nodiscard]] const Entry* of_output(const DenseShape& shape, std::int64_t output) const {
    return by_output + output * (shape.batch + 1);
  }
};

struct DenseGradient {
  const float* output_gradient;
  const float* outputs = nullptr;      // of a ReLU, which stops where it gave zero; null for none
  const std::uint8_t* mask = nullptr;  // of dropout without a ReLU; null for none
  float scale = 1;                     // of dropout
  float* bias_gradient = nullptr;      // null for none
};
// Finds the entries of one block, and the gradient of its biases.
void find_entries(const DenseShape& shape,
                  const DenseGradient& gradient,
                  std::int64_t block,
                  const DenseEntries& entries);

struct DenseBackward {
  const float* packed_inputs;  // in panels
  DenseEntries entries;
  Update update;
  float* kernel;  // in panels, with its slots
  Slots slots;
  float* input_gradient;  // null where it is not wanted
};
// One panel: the input gradient by the kernel as it was, then the kernel's gradient and its update.
void dense_backward_panel(const DenseShape& shape, const DenseBackward& pass, std::int64_t panel);

}  // namespace plumbline::fast
