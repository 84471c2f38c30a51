#pragma once

#include <array>
#include <cstdint>

namespace plumbline::fast {

// A convolution of stride 1 with its bias, a ReLU or nothing, and a max-pool whose windows neither
// overlap nor leave the image, as one; (height, width) each. Activations are NHWC, the kernel is
// (height, width, channels, filters). Each call does one part of a pass; parts may run in any
// order, on any threads, and a part's sums have one order always.
struct ConvPoolShape {
  std::int64_t batch = 0;
  std::array<std::int64_t, 2> image{};
  std::int64_t channels = 0;
  std::array<std::int64_t, 2> kernel{};
  std::array<std::int64_t, 2> padding{};  // before the image; what comes after it follows
  std::int64_t filters = 0;
  std::array<std::int64_t, 2> pool{};    // at most 255 places
  std::array<std::int64_t, 2> pooled{};  // the output's size
  bool relu = false;

  [[nodiscard]] std::int64_t image_floats() const { return image[0] * image[1] * channels; }
  [[nodiscard]] std::int64_t pooled_floats() const { return pooled[0] * pooled[1] * filters; }
  // The part of the convolution that the pool looks at, and of the padded image that this part
  // does.
  [[nodiscard]] std::int64_t used(std::size_t axis) const { return pooled[axis] * pool[axis]; }
  [[nodiscard]] std::int64_t padded(std::size_t axis) const {
    return used(axis) + kernel[axis] - 1;
  }
};

// The kernel as the forward pass reads it, in panels of 32 filters, the last one filled up with
// zeros: (panel, channel, height, width, 32).
inline constexpr std::int64_t kConvPanel = 32;
[[nodiscard]] constexpr std::int64_t conv_panels(const ConvPoolShape& shape) {
  return (shape.filters + kConvPanel - 1) / kConvPanel;
}
[[nodiscard]] std::int64_t packed_kernel_floats(const ConvPoolShape& shape);
void pack_kernel_panel(const ConvPoolShape& shape,
                       const float* kernel,
                       std::int64_t panel,
                       float* packed);

struct ConvPoolForward {
  const float* input = nullptr;
  const float* packed_kernel = nullptr;
  const float* bias = nullptr;  // null for none
  float* output = nullptr;
  // Which place of its window won each output, row by row, the first of equals; may be null.
  std::uint8_t* winner = nullptr;
};
void conv_pool_forward_image(const ConvPoolShape& shape,
                             const ConvPoolForward& pass,
                             std::int64_t image);

// After the pool a window has one gradient, which belongs to the place that won it, and after a
// ReLU that gave zero it has none. The backward passes go over these places alone. A run is what
// lies side by side in the padded image under one row of the kernel; filters are (run, place in the
// run), each run filled up with zeros to whole vectors.
[[nodiscard]] std::int64_t filter_floats(const ConvPoolShape& shape);
void pack_filter(const ConvPoolShape& shape,
                 const float* kernel,
                 std::int64_t filter,
                 float* packed);

struct ConvPoolBackward {
  const float* input = nullptr;
  const float* output = nullptr;
  const std::uint8_t* winner = nullptr;
  const float* output_gradient = nullptr;
  const float* packed_filters = nullptr;  // unused where the input gradient is not wanted
  float* input_gradient = nullptr;        // null where it is not wanted
};
// Of the images from `begin` to before `end`: their input gradients, and the sums over them of the
// gradients of the filters, packed, and of the biases.
void conv_pool_backward_images(const ConvPoolShape& shape,
                               const ConvPoolBackward& pass,
                               std::int64_t begin,
                               std::int64_t end,
                               float* filter_gradients,
                               float* bias_gradients);

// Brings the sums of several parts of the batch together, part after part.
struct ConvPoolGradient {
  std::int64_t parts = 0;
  const float* filter_sums = nullptr;  // (part, filter, filter_floats)
  const float* bias_sums = nullptr;    // (part, filter)
  float* kernel = nullptr;             // (height, width, channels, filters)
  float* bias = nullptr;               // null for none
};
void add_gradient_parts(const ConvPoolShape& shape,
                        const ConvPoolGradient& gradient,
                        std::int64_t filter);

}  // namespace plumbline::fast
