#include "engine/reference/window.h"

#include <gtest/gtest.h>

#include <vector>

namespace plumbline::reference {
namespace {

struct SameCase {
  std::int64_t input, size, stride, output, pad;
};

// output and padding of tf.nn.conv2d, TensorFlow 2.21: tf.nn "Notes on padding", pad = max((output
// - 1) * stride + size - input, 0).
TEST(Window, SamePaddingPutsTheLargerHalfBehind) {
  const SameCase cases[] = {
      {28, 5, 1, 28, 2},
      {28, 3, 2, 14, 0},
      {27, 3, 2, 14, 1},
      {5, 2, 1, 5, 0},
      {5, 4, 1, 5, 1},
      {6, 2, 3, 2, 0},
      {7, 1, 2, 4, 0},
      {4, 5, 3, 2, 2},
  };
  for (const SameCase& c : cases) {
    const WindowAxis axis =
        WindowAxis::make(c.input, c.size, c.stride, Padding::Same, SamePadding::TensorFlow);
    EXPECT_EQ(axis.output, c.output) << c.input << " " << c.size << " " << c.stride;
    EXPECT_EQ(axis.pad, c.pad) << c.input << " " << c.size << " " << c.stride;
  }
}

// padding = kernel_size // 2 before the first input whatever the stride, as torch.nn.Conv2d 2.13
// has it. What TensorFlow puts there differs as soon as the stride does.
TEST(Window, SymmetricPaddingIsHalfTheSize) {
  const SameCase cases[] = {
      {28, 5, 1, 28, 2},
      {28, 3, 2, 14, 1},
      {27, 3, 2, 14, 1},
      {5, 2, 1, 5, 1},
      {5, 4, 1, 5, 2},
      {7, 1, 2, 4, 0},
  };
  for (const SameCase& c : cases) {
    const WindowAxis axis =
        WindowAxis::make(c.input, c.size, c.stride, Padding::Same, SamePadding::Symmetric);
    EXPECT_EQ(axis.output, c.output) << c.input << " " << c.size << " " << c.stride;
    EXPECT_EQ(axis.pad, c.pad) << c.input << " " << c.size << " " << c.stride;
  }
}

// keras/backend/theano_backend.py of Keras 2.3.1, pool2d: w_pad = size - 2 if odd and over 2, else
// size - 1.
TEST(Window, Keras2sPoolsOnTheanoPadOneOrTwoLessThanTheSize) {
  for (const auto& [size, pad] :
       std::vector<std::pair<int, int>>{{1, 0}, {2, 1}, {3, 1}, {4, 3}, {5, 3}}) {
    const WindowAxis axis = WindowAxis::make(7, size, 2, Padding::Same, SamePadding::Keras2Theano);
    EXPECT_EQ(axis.output, 4);
    EXPECT_EQ(axis.pad, pad) << size;
  }
}

std::vector<WindowAxis> axes(std::int64_t input, std::int64_t size, std::int64_t stride) {
  using enum SamePadding;
  std::vector<WindowAxis> all;
  for (const SamePadding same : {TensorFlow, Symmetric, Keras2Theano}) {
    all.push_back(WindowAxis::make(input, size, stride, Padding::Same, same));
  }
  if (size <= input) {
    all.push_back(WindowAxis::make(input, size, stride, Padding::Valid, TensorFlow));
  }
  return all;
}

// The three views of a window must tell of the same (output, tap, input) triples: those found by
// trying all.
TEST(Window, ItsRangesAreWhatTryingEveryPlaceFinds) {
  for (std::int64_t input = 1; input < 9; ++input) {
    for (std::int64_t size = 1; size < 6; ++size) {
      for (std::int64_t stride = 1; stride < 5; ++stride) {
        for (const WindowAxis& axis : axes(input, size, stride)) {
          const auto within = [](Range range, std::int64_t x) {
            return range.begin <= x && x < range.end;
          };
          for (std::int64_t p = 0; p < axis.output; ++p) {
            for (std::int64_t i = 0; i < size; ++i) {
              const std::int64_t y = axis.input_at(p, i);
              const bool seen = 0 <= y && y < input;
              EXPECT_EQ(within(axis.taps_of(p), i), seen);
              EXPECT_EQ(within(axis.outputs_of_tap(i), p), seen);
            }
            for (std::int64_t y = 0; y < input; ++y) {
              const std::int64_t tap = axis.tap_seeing(y, p);
              EXPECT_EQ(within(axis.outputs_seeing(y), p), 0 <= tap && tap < size);
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace plumbline::reference
