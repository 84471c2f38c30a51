#include <algorithm>

#include "engine/fast/kernels/conv_pool.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/fast/kernels/conv_pool_forward.cc"
#include <hwy/foreach_target.h>

#include "engine/fast/kernels/scratch.h"
#include "engine/fast/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace plumbline::fast {
namespace HWY_NAMESPACE {

// A tile is some neighbouring places of a row of the convolution by two vectors of filters: a load
// of weights serves all places, a broadcast of an input both vectors. Two weights and an input
// stand in registers beside the tile's sums.
inline constexpr int kTileVectors = 2;
inline constexpr std::int64_t kTileWidth = kTileVectors * kLanes;
inline constexpr int kTilePlaces = kManyRegisters ? 14 : 6;
static_assert(kConvPanel % kTileWidth == 0);

// The padded image as one plane for each channel, so that neighbouring places lie side by side.
void spread_planes(const ConvPoolShape& shape, const float* image, float* planes) {
  const std::int64_t columns = shape.padded(1);
  const std::int64_t plane_floats = shape.padded(0) * columns;
  std::fill_n(planes, shape.channels * plane_floats, 0.0F);
  const std::int64_t rows = std::min(shape.image[0], shape.padded(0) - shape.padding[0]);
  const std::int64_t seen = std::min(shape.image[1], columns - shape.padding[1]);
  for (std::int64_t y = 0; y < rows; ++y) {
    const float* from = image + y * shape.image[1] * shape.channels;
    float* to = planes + (y + shape.padding[0]) * columns + shape.padding[1];
    for (std::int64_t channel = 0; channel < shape.channels; ++channel, to += plane_floats) {
      for (std::int64_t x = 0; x < seen; ++x) {
        to[x] = from[x * shape.channels + channel];
      }
    }
  }
}

// `planes` starts at the tile's first place.
template <int kPlaces>
HWY_INLINE void convolve_tile(const ConvPoolShape& shape,
                              const float* planes,
                              const float* kernel,
                              float* to) {
  const std::int64_t columns = shape.padded(1);
  const std::int64_t plane_floats = shape.padded(0) * columns;
  Vector sums[kPlaces][kTileVectors];
#pragma GCC unroll 16
  for (int place = 0; place < kPlaces; ++place) {
    clear(sums[place]);
  }
  for (std::int64_t channel = 0; channel < shape.channels; ++channel) {
    for (std::int64_t y = 0; y < shape.kernel[0]; ++y) {
      const float* inputs = planes + channel * plane_floats + y * columns;
      for (std::int64_t x = 0; x < shape.kernel[1]; ++x, ++inputs, kernel += kConvPanel) {
        const Vector weights_0 = hn::LoadU(kFloats, kernel);
        const Vector weights_1 = hn::LoadU(kFloats, kernel + kLanes);
#pragma GCC unroll 16
        for (int place = 0; place < kPlaces; ++place) {
          const Vector input = hn::Set(kFloats, inputs[place]);
          sums[place][0] = hn::MulAdd(input, weights_0, sums[place][0]);
          sums[place][1] = hn::MulAdd(input, weights_1, sums[place][1]);
        }
      }
    }
  }
#pragma GCC unroll 16
  for (int place = 0; place < kPlaces; ++place) {
    store(sums[place], to + place * kTileWidth);
  }
}

// One row of the convolution, (place, kTileWidth). All tiles are about as wide as each other.
void convolve_row(const ConvPoolShape& shape, const float* planes, const float* kernel, float* to) {
  const std::int64_t places = shape.used(1);
  const std::int64_t tiles = (places + kTilePlaces - 1) / kTilePlaces;
  for (std::int64_t tile = 0; tile < tiles; ++tile) {
    const std::int64_t begin = places * tile / tiles;
    const std::int64_t end = places * (tile + 1) / tiles;
    with_constant<kTilePlaces>(static_cast<int>(end - begin), [&]<int kPlaces>() HWY_ATTR {
      convolve_tile<kPlaces>(shape, planes + begin, kernel, to + begin * kTileWidth);
    });
  }
}

using Places = hn::Rebind<std::int32_t, Floats>;

// The maxima of a vector of filters over one window, and which places won. What is not a number
// wins over all numbers.
HWY_INLINE void pool_window(const ConvPoolShape& shape,
                            const float* corner,
                            Vector& best,
                            hn::Vec<Places>& winner) {
  const Places places;
  const std::int64_t row_floats = shape.used(1) * kTileWidth;
  best = hn::LoadU(kFloats, corner);
  winner = hn::Zero(places);
  std::int32_t place = 0;
  for (std::int64_t y = 0; y < shape.pool[0]; ++y) {
    for (std::int64_t x = 0; x < shape.pool[1]; ++x, ++place) {
      const Vector value = hn::LoadU(kFloats, corner + y * row_floats + x * kTileWidth);
      const auto wins = hn::Or(hn::Gt(value, best), hn::IsNaN(value));
      best = hn::IfThenElse(wins, value, best);
      winner = hn::IfThenElse(hn::RebindMask(places, wins), hn::Set(places, place), winner);
    }
  }
}

// What one row of the output and one tile's width of filters need.
struct PooledRow {
  const float* convolved;  // (row of the window, place, kTileWidth)
  const float* bias;       // of kTileWidth filters
  std::int64_t filters;
  float* output;
  std::uint8_t* winner;  // null where it is not wanted
};

void pool_row(const ConvPoolShape& shape, const PooledRow& row) {
  const Places places;
  HWY_ALIGN float values[kTileWidth];
  HWY_ALIGN std::int32_t winners[kTileWidth];
  for (std::int64_t x = 0; x < shape.pooled[1]; ++x) {
    for (std::int64_t first = 0; first < kTileWidth; first += kLanes) {
      Vector best;
      hn::Vec<Places> won;
      pool_window(shape, row.convolved + x * shape.pool[1] * kTileWidth + first, best, won);
      best = hn::Add(best, hn::LoadU(kFloats, row.bias + first));
      if (shape.relu) {
        best = hn::IfThenZeroElse(hn::Lt(best, hn::Zero(kFloats)), best);
      }
      hn::Store(best, kFloats, values + first);
      hn::Store(won, places, winners + first);
    }
    std::copy_n(values, row.filters, row.output + x * shape.filters);
    if (row.winner != nullptr) {
      std::transform(winners, winners + row.filters, row.winner + x * shape.filters, [](auto won) {
        return static_cast<std::uint8_t>(won);
      });
    }
  }
}

void ForwardImage(const ConvPoolShape& shape, const ConvPoolForward& pass, std::int64_t image) {
  const std::int64_t plane_floats = shape.padded(0) * shape.padded(1);
  const std::int64_t row_floats = shape.used(1) * kTileWidth;
  float* planes = scratch<struct Planes>(shape.channels * plane_floats);
  float* convolved = scratch<struct Convolved>(shape.pool[0] * row_floats + kTileWidth);
  float* bias = convolved + shape.pool[0] * row_floats;
  spread_planes(shape, pass.input + image * shape.image_floats(), planes);
  const std::int64_t panel_floats = shape.channels * shape.kernel[0] * shape.kernel[1] * kConvPanel;
  for (std::int64_t first = 0; first < shape.filters; first += kTileWidth) {
    const std::int64_t filters = std::min<std::int64_t>(kTileWidth, shape.filters - first);
    const float* kernel =
        pass.packed_kernel + first / kConvPanel * panel_floats + first % kConvPanel;
    std::fill_n(bias, kTileWidth, 0.0F);
    if (pass.bias != nullptr) {
      std::copy_n(pass.bias + first, filters, bias);
    }
    for (std::int64_t row = 0; row < shape.pooled[0]; ++row) {
      for (std::int64_t y = 0; y < shape.pool[0]; ++y) {
        convolve_row(shape,
                     planes + (row * shape.pool[0] + y) * shape.padded(1),
                     kernel,
                     convolved + y * row_floats);
      }
      const std::int64_t at =
          image * shape.pooled_floats() + row * shape.pooled[1] * shape.filters + first;
      pool_row(shape,
               {convolved,
                bias,
                filters,
                pass.output + at,
                pass.winner != nullptr ? pass.winner + at : nullptr});
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace plumbline::fast
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace plumbline::fast {

HWY_EXPORT(ForwardImage);

std::int64_t packed_kernel_floats(const ConvPoolShape& shape) {
  return conv_panels(shape) * shape.channels * shape.kernel[0] * shape.kernel[1] * kConvPanel;
}

void pack_kernel_panel(const ConvPoolShape& shape,
                       const float* kernel,
                       std::int64_t panel,
                       float* packed) {
  const std::int64_t places = shape.kernel[0] * shape.kernel[1];
  const std::int64_t first = panel * kConvPanel;
  const std::int64_t filters = std::min(kConvPanel, shape.filters - first);
  float* to = packed + panel * places * shape.channels * kConvPanel;
  for (std::int64_t channel = 0; channel < shape.channels; ++channel) {
    for (std::int64_t place = 0; place < places; ++place, to += kConvPanel) {
      std::copy_n(kernel + (place * shape.channels + channel) * shape.filters + first, filters, to);
      std::fill(to + filters, to + kConvPanel, 0.0F);
    }
  }
}

void conv_pool_forward_image(const ConvPoolShape& shape,
                             const ConvPoolForward& pass,
                             std::int64_t image) {
  HWY_DYNAMIC_DISPATCH(ForwardImage)(shape, pass, image);
}

}  // namespace plumbline::fast
#endif
