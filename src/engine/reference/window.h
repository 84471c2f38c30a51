#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/dialect.h"
#include "study/network.h"

namespace plumbline::reference {

// A half-open range of indices.
struct Range {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

// How a window slides along one axis: tap i of output p looks at input p * stride + i - pad. Padded
// places are outside of every range here, so that nothing is ever read from them.
struct WindowAxis {
  std::int64_t input = 0;   // extent
  std::int64_t output = 0;  // extent
  std::int64_t size = 0;
  std::int64_t stride = 0;
  std::int64_t pad = 0;  // places before the first input

  // With Same the output is ceil(input / stride); what comes before it is the dialect's.
  [[nodiscard]] static WindowAxis make(std::int64_t input,
                                       std::int64_t size,
                                       std::int64_t stride,
                                       Padding padding,
                                       SamePadding same) {
    if (padding == Padding::Valid) {
      return {input, (input - size) / stride + 1, size, stride, 0};
    }
    WindowAxis axis{input, (input + stride - 1) / stride, size, stride, 0};
    axis.pad = axis.same_pad(same);
    return axis;
  }

  [[nodiscard]] std::int64_t input_at(std::int64_t p, std::int64_t i) const {
    return p * stride + i - pad;
  }
  // The taps i of output p that look at an input.
  [[nodiscard]] Range taps_of(std::int64_t p) const {
    return {std::max<std::int64_t>(0, pad - p * stride), std::min(size, input + pad - p * stride)};
  }
  // The outputs p whose tap i looks at an input.
  [[nodiscard]] Range outputs_of_tap(std::int64_t i) const {
    return {std::max<std::int64_t>(0, divide_up(pad - i, stride)),
            std::min(output, divide_up(input + pad - i, stride))};
  }
  // The outputs p that look at input y, each by tap y + pad - p * stride.
  [[nodiscard]] Range outputs_seeing(std::int64_t y) const {
    return {std::max<std::int64_t>(0, divide_up(y + pad - size + 1, stride)),
            std::min(output, (y + pad) / stride + 1)};
  }
  [[nodiscard]] std::int64_t tap_seeing(std::int64_t y, std::int64_t p) const {
    return y + pad - p * stride;
  }

 private:
  [[nodiscard]] std::int64_t same_pad(SamePadding same) const {
    switch (same) {
      case SamePadding::TensorFlow:  // tf.nn, "Notes on padding", 2.21: of an odd total the larger
        break;                       // half goes behind
      case SamePadding::Symmetric:
        return size / 2;
      case SamePadding::Keras2Theano:  // keras/backend/theano_backend.py, pool2d, 2.3.1
        return size > 2 && size % 2 == 1 ? size - 2 : size - 1;
    }
    return std::max<std::int64_t>(0, (output - 1) * stride + size - input) / 2;
  }
  // ceil(a / b) for a of any sign and b > 0, as far as negative results need only be <= 0.
  [[nodiscard]] static std::int64_t divide_up(std::int64_t a, std::int64_t b) {
    return a <= 0 ? 0 : (a + b - 1) / b;
  }
};

struct Window {
  WindowAxis vertical;
  WindowAxis horizontal;

  // `input` is (batch, height, width, channels).
  [[nodiscard]] static Window make(const Shape& input,
                                   const std::array<std::int64_t, 2>& size,
                                   const std::array<std::int64_t, 2>& stride,
                                   Padding padding,
                                   SamePadding same = SamePadding::TensorFlow) {
    return {WindowAxis::make(input[1], size[0], stride[0], padding, same),
            WindowAxis::make(input[2], size[1], stride[1], padding, same)};
  }
  [[nodiscard]] std::int64_t places() const { return vertical.output * horizontal.output; }
};

}  // namespace plumbline::reference
