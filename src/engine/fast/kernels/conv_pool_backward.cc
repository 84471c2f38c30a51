#include <algorithm>
#include <functional>
#include <vector>

#include "engine/fast/kernels/conv_pool.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/fast/kernels/conv_pool_backward.cc"
#include <hwy/foreach_target.h>

#include "engine/fast/kernels/scratch.h"
#include "engine/fast/kernels/vectors-inl.h"

#ifndef PLUMBLINE_CONV_POOL_SHARED
#define PLUMBLINE_CONV_POOL_SHARED
namespace plumbline::fast {
namespace {

// Whole vectors of all targets.
constexpr std::int64_t kWhole = 16;

// The runs under a place.
struct Runs {
  std::int64_t count;
  std::int64_t length;         // floats
  std::int64_t stride;         // from a run to the next, in the padded image
  std::int64_t padded_length;  // of a run in a packed filter
  explicit Runs(const ConvPoolShape& shape)
      : count(shape.kernel[0]),
        length(shape.kernel[1] * shape.channels),
        stride(shape.padded(1) * shape.channels),
        padded_length((length + kWhole - 1) / kWhole * kWhole) {}
};

// The padded image, with what a vector may reach beyond its end.
std::int64_t padded_floats(const ConvPoolShape& shape) {
  return shape.padded(0) * shape.padded(1) * shape.channels + kWhole;
}

// Where the image's rows lie in the padded image; what no window looks at is left out.
struct SeenRows {
  std::int64_t count;
  std::int64_t floats;  // of a row
  explicit SeenRows(const ConvPoolShape& shape)
      : count(std::min(shape.image[0], shape.padded(0) - shape.padding[0])),
        floats(std::min(shape.image[1], shape.padded(1) - shape.padding[1]) * shape.channels) {}
};
std::int64_t padded_offset(const ConvPoolShape& shape, std::int64_t row) {
  return ((row + shape.padding[0]) * shape.padded(1) + shape.padding[1]) * shape.channels;
}

void pad_image(const ConvPoolShape& shape, const float* image, float* padded) {
  std::fill_n(padded, padded_floats(shape), 0.0F);
  const SeenRows rows(shape);
  for (std::int64_t row = 0; row < rows.count; ++row) {
    std::copy_n(image + row * shape.image[1] * shape.channels,
                rows.floats,
                padded + padded_offset(shape, row));
  }
}

void unpad_image(const ConvPoolShape& shape, const float* padded, float* image) {
  const SeenRows rows(shape);
  const std::int64_t row_floats = shape.image[1] * shape.channels;
  for (std::int64_t row = 0; row < shape.image[0]; ++row, image += row_floats) {
    const std::int64_t seen = row < rows.count ? rows.floats : 0;
    std::copy_n(padded + padded_offset(shape, row), seen, image);
    std::fill(image + seen, image + row_floats, 0.0F);
  }
}

// A gradient that is not zero, and where in the padded image the runs under its place start.
struct PlacedGradient {
  std::int32_t offset;
  float gradient;
};

// The gradients of one image that are not zero, by filter.
class PlacedGradients {
 public:
  // `live` are the image's gradients, zero where the ReLU stopped them.
  void place(const ConvPoolShape& shape, const float* live, const std::uint8_t* winner) {
    const auto capacity = static_cast<std::size_t>(shape.pooled[0] * shape.pooled[1] + 1);
    const auto filters = static_cast<std::size_t>(shape.filters);
    gradients_.resize(capacity * filters);
    begin_.resize(filters);
    for (std::size_t filter = 0; filter < filters; ++filter) {
      begin_[filter] = gradients_.data() + filter * capacity;
    }
    end_ = begin_;
    find_place_offsets(shape);
    for (std::int64_t y = 0; y < shape.pooled[0]; ++y) {
      for (std::int64_t x = 0; x < shape.pooled[1]; ++x) {
        const std::int64_t corner =
            (y * shape.pool[0] * shape.padded(1) + x * shape.pool[1]) * shape.channels;
        append_window(live, winner, static_cast<std::int32_t>(corner));
        live += filters;
        winner += filters;
      }
    }
  }
  [[nodiscard]] const PlacedGradient* begin(std::int64_t filter) const {
    return begin_[static_cast<std::size_t>(filter)];
  }
  [[nodiscard]] const PlacedGradient* end(std::int64_t filter) const {
    return end_[static_cast<std::size_t>(filter)];
  }

 private:
  // One window of all filters. Each is written and then kept or not, without a jump: which are zero
  // cannot be foretold.
  void append_window(const float* live, const std::uint8_t* winner, std::int32_t corner) {
    for (std::size_t filter = 0; filter < end_.size(); ++filter) {
      const float gradient = live[filter];
      PlacedGradient* const next = end_[filter];
      *next = {corner + place_offsets_[winner[filter]], gradient};
      end_[filter] = next + static_cast<int>(gradient != 0);
    }
  }
  void find_place_offsets(const ConvPoolShape& shape) {
    place_offsets_.clear();
    for (std::int64_t y = 0; y < shape.pool[0]; ++y) {
      for (std::int64_t x = 0; x < shape.pool[1]; ++x) {
        place_offsets_.push_back(
            static_cast<std::int32_t>((y * shape.padded(1) + x) * shape.channels));
      }
    }
  }

  std::vector<PlacedGradient> gradients_;
  std::vector<PlacedGradient*> begin_;
  std::vector<PlacedGradient*> end_;
  std::vector<std::int32_t> place_offsets_;
};

PlacedGradients& own_gradients() {
  thread_local PlacedGradients gradients;
  return gradients;
}

}  // namespace
}  // namespace plumbline::fast
#endif

HWY_BEFORE_NAMESPACE();
namespace plumbline::fast {
namespace HWY_NAMESPACE {

// A block is some runs by some vectors of each, as many as the registers hold beside a factor and
// what is loaded.
inline constexpr int kBlockVectors = kManyRegisters ? 20 : 12;
inline constexpr int kBlockRuns = 5;
[[nodiscard]] constexpr int most_runs(int vectors) {
  return std::min(kBlockRuns, kBlockVectors / vectors);
}

// Calls body.template operator()<runs, vectors>(first run, first float) for one block after the
// other.
template <typename Body>
HWY_INLINE void for_blocks(const Runs& runs, const Body& body) {
  const std::int64_t vectors = (runs.length + kLanes - 1) / kLanes;
  const std::int64_t parts = (vectors + kBlockVectors - 1) / kBlockVectors;
  for (std::int64_t part = 0; part < parts; ++part) {
    const std::int64_t begin = vectors * part / parts;
    const auto width = static_cast<int>(vectors * (part + 1) / parts - begin);
    with_constant<kBlockVectors>(width, [&]<int kVectors>() HWY_ATTR {
      constexpr int kMost = most_runs(kVectors);
      for (std::int64_t run = 0; run < runs.count; run += kMost) {
        const auto count = static_cast<int>(std::min<std::int64_t>(kMost, runs.count - run));
        with_constant<kMost>(count, [&]<int kRuns>() HWY_ATTR {
          body.template operator()<kRuns, kVectors>(run, begin * kLanes);
        });
      }
    });
  }
}

// The gradients of one image, zero where the ReLU stopped them.
HWY_INLINE void find_live(const ConvPoolShape& shape,
                          const ConvPoolBackward& pass,
                          std::int64_t image,
                          float* live) {
  const std::int64_t floats = shape.pooled_floats();
  const float* gradient = pass.output_gradient + image * floats;
  const float* output = pass.output + image * floats;
  for (std::int64_t i = 0; i < floats; ++i) {
    live[i] = !shape.relu || output[i] > 0 ? gradient[i] : 0.0F;
  }
}

// Over all gradients, sums += gradient * what lies under its place.
template <int kRuns, int kVectors>
HWY_INLINE void add_to_filter(const Runs& runs,
                              const PlacedGradient* placed,
                              const PlacedGradient* end,
                              const float* padded,
                              float* filter) {
  Vector sums[kRuns][kVectors];
#pragma GCC unroll 8
  for (int run = 0; run < kRuns; ++run) {
    load(sums[run], filter + run * runs.padded_length);
  }
  for (; placed != end; ++placed) {
    const Vector gradient = hn::Set(kFloats, placed->gradient);
    const float* from = padded + placed->offset;
#pragma GCC unroll 8
    for (int run = 0; run < kRuns; ++run) {
      add_multiple(sums[run], gradient, from + run * runs.stride);
    }
  }
#pragma GCC unroll 8
  for (int run = 0; run < kRuns; ++run) {
    store(sums[run], filter + run * runs.padded_length);
  }
}

// Over all gradients, what lies under its place += gradient * filter.
template <int kRuns, int kVectors>
HWY_INLINE void add_to_image(const Runs& runs,
                             const PlacedGradient* placed,
                             const PlacedGradient* end,
                             const float* filter,
                             float* padded) {
  Vector weights[kRuns][kVectors];
#pragma GCC unroll 8
  for (int run = 0; run < kRuns; ++run) {
    load(weights[run], filter + run * runs.padded_length);
  }
  for (; placed != end; ++placed) {
    const Vector gradient = hn::Set(kFloats, placed->gradient);
    float* to = padded + placed->offset;
#pragma GCC unroll 8
    for (int run = 0; run < kRuns; ++run, to += runs.stride) {
#pragma GCC unroll 32
      for (int v = 0; v < kVectors; ++v) {
        float* at = to + v * kLanes;
        hn::StoreU(hn::MulAdd(gradient, weights[run][v], hn::LoadU(kFloats, at)), kFloats, at);
      }
    }
  }
}

void BackwardImages(const ConvPoolShape& shape,
                    const ConvPoolBackward& pass,
                    std::int64_t begin,
                    std::int64_t end,
                    float* filter_gradients,
                    float* bias_gradients) {
  const Runs runs(shape);
  const std::int64_t floats = filter_floats(shape);
  PlacedGradients& placed = own_gradients();
  float* live = scratch<struct LiveGradients>(shape.pooled_floats());
  float* padded = scratch<struct PaddedInput>(padded_floats(shape));
  float* padded_gradient = scratch<struct PaddedGradient>(padded_floats(shape));
  std::fill_n(filter_gradients, shape.filters * floats, 0.0F);
  std::fill_n(bias_gradients, shape.filters, 0.0F);
  for (std::int64_t image = begin; image < end; ++image) {
    find_live(shape, pass, image, live);
    placed.place(shape, live, pass.winner + image * shape.pooled_floats());
    pad_image(shape, pass.input + image * shape.image_floats(), padded);
    for (std::int64_t filter = 0; filter < shape.filters; ++filter) {
      for_blocks(runs, [&]<int kRuns, int kVectors>(std::int64_t run, std::int64_t first) HWY_ATTR {
        add_to_filter<kRuns, kVectors>(
            runs,
            placed.begin(filter),
            placed.end(filter),
            padded + run * runs.stride + first,
            filter_gradients + filter * floats + run * runs.padded_length + first);
      });
      for (const auto* each = placed.begin(filter); each != placed.end(filter); ++each) {
        bias_gradients[filter] += each->gradient;
      }
    }
    if (pass.input_gradient == nullptr) {
      continue;
    }
    std::fill_n(padded_gradient, padded_floats(shape), 0.0F);
    for (std::int64_t filter = 0; filter < shape.filters; ++filter) {
      for_blocks(runs, [&]<int kRuns, int kVectors>(std::int64_t run, std::int64_t first) HWY_ATTR {
        add_to_image<kRuns, kVectors>(
            runs,
            placed.begin(filter),
            placed.end(filter),
            pass.packed_filters + filter * floats + run * runs.padded_length + first,
            padded_gradient + run * runs.stride + first);
      });
    }
    unpad_image(shape, padded_gradient, pass.input_gradient + image * shape.image_floats());
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace plumbline::fast
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace plumbline::fast {

HWY_EXPORT(BackwardImages);

std::int64_t filter_floats(const ConvPoolShape& shape) {
  const Runs runs(shape);
  return runs.count * runs.padded_length;
}

void pack_filter(const ConvPoolShape& shape,
                 const float* kernel,
                 std::int64_t filter,
                 float* packed) {
  const Runs runs(shape);
  float* to = packed + filter * runs.count * runs.padded_length;
  for (std::int64_t run = 0; run < runs.count; ++run, to += runs.padded_length) {
    for (std::int64_t place = 0; place < runs.length; ++place) {
      to[place] = kernel[(run * runs.length + place) * shape.filters + filter];
    }
    std::fill(to + runs.length, to + runs.padded_length, 0.0F);
  }
}

void conv_pool_backward_images(const ConvPoolShape& shape,
                               const ConvPoolBackward& pass,
                               std::int64_t begin,
                               std::int64_t end,
                               float* filter_gradients,
                               float* bias_gradients) {
  HWY_DYNAMIC_DISPATCH(BackwardImages)
  (shape, pass, begin, end, filter_gradients, bias_gradients);
}

void add_gradient_parts(const ConvPoolShape& shape,
                        const ConvPoolGradient& gradient,
                        std::int64_t filter) {
  const Runs runs(shape);
  const std::int64_t floats = filter_floats(shape);
  float* total = scratch<struct Totals>(floats);
  std::fill_n(total, floats, 0.0F);
  float bias = 0;
  for (std::int64_t part = 0; part < gradient.parts; ++part) {
    const std::int64_t at = part * shape.filters + filter;
    const float* sums = gradient.filter_sums + at * floats;
    std::transform(sums, sums + floats, total, total, std::plus<>());
    bias += gradient.bias_sums[at];
  }
  float* to = gradient.kernel + filter;
  for (std::int64_t run = 0; run < runs.count; ++run) {
    for (std::int64_t place = 0; place < runs.length; ++place, to += shape.filters) {
      *to = total[run * runs.padded_length + place];
    }
  }
  if (gradient.bias != nullptr) {
    gradient.bias[filter] = bias;
  }
}

}  // namespace plumbline::fast
#endif
