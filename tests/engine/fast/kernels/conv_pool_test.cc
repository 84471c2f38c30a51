#include "engine/fast/kernels/conv_pool.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/fast/kernels/integers.h"

namespace plumbline::fast {
namespace {

using plumbline::testing::integers;
using plumbline::testing::with_each_instruction_set;

std::size_t at(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

struct Data {
  ConvPoolShape shape;
  std::vector<float> input;
  std::vector<float> kernel;
  std::vector<float> bias;
  std::vector<float> output_gradient;
};

struct Result {
  std::vector<float> output;
  std::vector<std::uint8_t> winner;
  std::vector<float> input_gradient;
  std::vector<float> kernel_gradient;
  std::vector<float> bias_gradient;
  friend bool operator==(const Result&, const Result&) = default;
};

Result empty_result(const ConvPoolShape& shape) {
  Result result;
  result.output.resize(at(shape.batch * shape.pooled_floats()));
  result.winner.resize(result.output.size());
  result.input_gradient.resize(at(shape.batch * shape.image_floats()));
  result.kernel_gradient.resize(
      at(shape.kernel[0] * shape.kernel[1] * shape.channels * shape.filters));
  result.bias_gradient.resize(at(shape.filters));
  return result;
}

// Calls visit(index in the input, index in the kernel) for each tap of one place that is no
// padding.
template <typename Visit>
void for_taps(const ConvPoolShape& s,
              std::int64_t image,
              std::int64_t y,
              std::int64_t x,
              std::int64_t filter,
              const Visit& visit) {
  for (std::int64_t i = 0; i < s.kernel[0]; ++i) {
    for (std::int64_t j = 0; j < s.kernel[1]; ++j) {
      const std::int64_t row = y + i - s.padding[0];
      const std::int64_t column = x + j - s.padding[1];
      if (row < 0 || row >= s.image[0] || column < 0 || column >= s.image[1]) {
        continue;
      }
      for (std::int64_t c = 0; c < s.channels; ++c) {
        visit(at(((image * s.image[0] + row) * s.image[1] + column) * s.channels + c),
              at(((i * s.kernel[1] + j) * s.channels + c) * s.filters + filter));
      }
    }
  }
}

// One window of the pool, forward and backward, by plain loops.
void pool_plainly(const Data& data,
                  const std::array<std::int64_t, 3>& window,
                  std::int64_t filter,
                  Result& result) {
  const ConvPoolShape& s = data.shape;
  const auto [image, p, q] = window;
  const std::size_t out = at(((image * s.pooled[0] + p) * s.pooled[1] + q) * s.filters + filter);
  float best = 0;
  for (std::int64_t place = 0; place < s.pool[0] * s.pool[1]; ++place) {
    float sum = 0;
    for_taps(s,
             image,
             p * s.pool[0] + place / s.pool[1],
             q * s.pool[1] + place % s.pool[1],
             filter,
             [&](std::size_t in, std::size_t k) { sum += data.input[in] * data.kernel[k]; });
    if (place == 0 || sum > best || std::isnan(sum)) {
      best = sum;
      result.winner[out] = static_cast<std::uint8_t>(place);
    }
  }
  const float value = best + data.bias[at(filter)];
  result.output[out] = s.relu && value < 0 ? 0 : value;
  const float gradient = s.relu && !(value > 0) ? 0 : data.output_gradient[out];
  result.bias_gradient[at(filter)] += gradient;
  const std::int64_t won = result.winner[out];
  for_taps(s,
           image,
           p * s.pool[0] + won / s.pool[1],
           q * s.pool[1] + won % s.pool[1],
           filter,
           [&](std::size_t in, std::size_t k) {
             result.input_gradient[in] += gradient * data.kernel[k];
             result.kernel_gradient[k] += gradient * data.input[in];
           });
}

Result by_plain_loops(const Data& data) {
  const ConvPoolShape& s = data.shape;
  Result result = empty_result(s);
  for (std::int64_t image = 0; image < s.batch; ++image) {
    for (std::int64_t p = 0; p < s.pooled[0]; ++p) {
      for (std::int64_t q = 0; q < s.pooled[1]; ++q) {
        for (std::int64_t filter = 0; filter < s.filters; ++filter) {
          pool_plainly(data, {image, p, q}, filter, result);
        }
      }
    }
  }
  return result;
}

// In two parts of the batch, where it has two images.
Result by_kernels(const Data& data) {
  const ConvPoolShape& s = data.shape;
  Result result = empty_result(s);
  std::vector<float> packed(at(packed_kernel_floats(s)));
  for (std::int64_t panel = 0; panel < conv_panels(s); ++panel) {
    pack_kernel_panel(s, data.kernel.data(), panel, packed.data());
  }
  const ConvPoolForward forward{data.input.data(),
                                packed.data(),
                                data.bias.data(),
                                result.output.data(),
                                result.winner.data()};
  for (std::int64_t image = 0; image < s.batch; ++image) {
    conv_pool_forward_image(s, forward, image);
  }
  std::vector<float> filters(at(s.filters * filter_floats(s)));
  for (std::int64_t filter = 0; filter < s.filters; ++filter) {
    pack_filter(s, data.kernel.data(), filter, filters.data());
  }
  const ConvPoolBackward backward{data.input.data(),
                                  result.output.data(),
                                  result.winner.data(),
                                  data.output_gradient.data(),
                                  filters.data(),
                                  result.input_gradient.data()};
  const std::int64_t parts = std::min<std::int64_t>(2, s.batch);
  std::vector<float> filter_sums(at(parts) * filters.size());
  std::vector<float> bias_sums(at(parts * s.filters));
  for (std::int64_t part = 0; part < parts; ++part) {
    conv_pool_backward_images(s,
                              backward,
                              s.batch * part / parts,
                              s.batch * (part + 1) / parts,
                              filter_sums.data() + at(part) * filters.size(),
                              bias_sums.data() + part * s.filters);
  }
  const ConvPoolGradient gradient{parts,
                                  filter_sums.data(),
                                  bias_sums.data(),
                                  result.kernel_gradient.data(),
                                  result.bias_gradient.data()};
  for (std::int64_t filter = 0; filter < s.filters; ++filter) {
    add_gradient_parts(s, gradient, filter);
  }
  return result;
}

std::int64_t pick(std::mt19937& random, std::initializer_list<std::int64_t> choices) {
  return *(choices.begin() + random() % choices.size());
}

// Of a shape at random. Kernels may be larger than the image, padded on any side; the pool may
// leave the last rows and columns alone.
Data random_data(std::mt19937& random) {
  Data data;
  ConvPoolShape& s = data.shape;
  s.batch = pick(random, {1, 2, 3});
  s.channels = pick(random, {1, 2, 3, 16, 17, 33});
  s.filters = pick(random, {1, 3, 16, 31, 32, 33, 65});
  s.relu = random() % 2 == 0;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    s.image[axis] = pick(random, {1, 4, 5, 9, 13, 17});
    s.kernel[axis] = pick(random, {1, 2, 3, 5, 7});
    const std::int64_t least = std::max<std::int64_t>(0, s.kernel[axis] - s.image[axis]);
    const std::int64_t total = std::max(least, pick(random, {0, s.kernel[axis] - 1}));
    s.padding[axis] = std::min(total / 2, s.kernel[axis] - 1);
    const std::int64_t convolved = s.image[axis] + total - s.kernel[axis] + 1;
    s.pool[axis] = std::min(convolved, pick(random, {1, 2, 3}));
    s.pooled[axis] = convolved / s.pool[axis];
  }
  data.input = integers(s.batch * s.image_floats(), 3, random);
  data.kernel = integers(s.kernel[0] * s.kernel[1] * s.channels * s.filters, 3, random);
  data.bias = integers(s.filters, 9, random);
  data.output_gradient = integers(s.batch * s.pooled_floats(), 2, random);
  return data;
}

TEST(ConvPoolKernels, GiveTheVeryNumbersOfPlainLoopsForIntegers) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const Data data = random_data(random);
    const Result expected = by_plain_loops(data);
    with_each_instruction_set([&] {
      const Result found = by_kernels(data);
      EXPECT_EQ(found.output, expected.output);
      EXPECT_EQ(found.winner, expected.winner);
      EXPECT_EQ(found.input_gradient, expected.input_gradient);
      EXPECT_EQ(found.kernel_gradient, expected.kernel_gradient);
      EXPECT_EQ(found.bias_gradient, expected.bias_gradient);
    });
  }
}

// A pool of 2 by 2 over four numbers, by a kernel of 1 by 1 that keeps them.
Data window_of(const std::array<float, 4>& places) {
  Data data;
  data.shape.batch = 1;
  data.shape.image = {2, 2};
  data.shape.channels = 1;
  data.shape.kernel = {1, 1};
  data.shape.filters = 1;
  data.shape.pool = {2, 2};
  data.shape.pooled = {1, 1};
  data.input.assign(places.begin(), places.end());
  data.kernel = {1};
  data.bias = {0};
  data.output_gradient = {1};
  return data;
}

TEST(ConvPoolKernels, TheFirstOfEqualsWins) {
  const struct {
    std::array<float, 4> places;
    int winner;
  } cases[] = {{{1, 1, 1, 1}, 0}, {{0, 2, 2, 1}, 1}, {{-3, -1, -2, -1}, 1}, {{-0.0F, 0, 0, 0}, 0}};
  for (const auto& each : cases) {
    with_each_instruction_set([&] {
      const Result found = by_kernels(window_of(each.places));
      EXPECT_EQ(found.winner.front(), each.winner);
      EXPECT_EQ(found.output.front(), each.places[at(each.winner)]);
      for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(found.input_gradient[i], i == at(each.winner) ? 1 : 0);
      }
    });
  }
}

TEST(ConvPoolKernels, WhatIsNotANumberWinsAndIsPassedOn) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const std::size_t place : {0U, 1U, 3U}) {
    std::array<float, 4> places{5, 7, 6, 1};
    places[place] = nan;
    with_each_instruction_set([&] {
      const Result found = by_kernels(window_of(places));
      EXPECT_TRUE(std::isnan(found.output.front()));
      EXPECT_EQ(found.winner.front(), place);
    });
  }
}

TEST(ConvPoolKernels, AReluThatGaveZeroStopsTheGradient) {
  Data data = window_of({-2, -1, -3, -4});
  data.shape.relu = true;
  with_each_instruction_set([&] {
    const Result found = by_kernels(data);
    EXPECT_EQ(found.output.front(), 0);
    EXPECT_EQ(found.input_gradient, (std::vector<float>{0, 0, 0, 0}));
    EXPECT_EQ(found.kernel_gradient.front(), 0);
  });
}

}  // namespace
}  // namespace plumbline::fast
