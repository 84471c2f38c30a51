#include "engine/fast/kernels/norm.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/fast/kernels/norm.cc"
#include <hwy/foreach_target.h>

#include "engine/fast/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace plumbline::fast {
namespace HWY_NAMESPACE {

using Mask = hn::Mask<Floats>;

// Some channels that lie side by side, at most a vector of them.
struct Channels {
  std::int64_t first;
  std::int64_t offset;  // in an image
  Mask mask;

  HWY_INLINE Vector load(const float* at) const { return hn::MaskedLoad(mask, kFloats, at); }
  HWY_INLINE void store(Vector value, float* at) const {
    hn::BlendedStore(value, mask, kFloats, at);
  }
  HWY_INLINE Vector of(const float* by_channel) const { return load(by_channel + first); }
};

template <typename Body>
HWY_INLINE void for_channels(const NormLayout& layout, const Body& body) {
  for (std::int64_t block = 0; block < layout.channels; block += layout.block) {
    const std::int64_t end = std::min(block + layout.block, layout.channels);
    for (std::int64_t first = block; first < end; first += kLanes) {
      const std::int64_t offset = block / layout.block * layout.block_stride + first - block;
      body(Channels{first,
                    offset,
                    hn::FirstN(kFloats, static_cast<std::size_t>(std::min(kLanes, end - first)))});
    }
  }
}

// Calls body(offset, accumulator) for each place of an image; neighbouring places have accumulators
// of their own, from 0 to 3.
template <typename Body>
HWY_INLINE void for_places(const NormLayout& layout,
                           const Channels& channels,
                           std::int64_t image,
                           const Body& body) {
  const std::int64_t start = image * layout.image_stride + channels.offset;
  std::int64_t place = 0;
  for (; place + 4 <= layout.places; place += 4) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      body(start + (place + i) * layout.place_stride, i);
    }
  }
  for (int i = 0; place < layout.places; ++place, ++i) {
    body(start + place * layout.place_stride, i);
  }
}

HWY_INLINE Vector total(const Vector (&sums)[4]) {
  return hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3]));
}

// sums[c] = the sum of term(channels, offset) over the images, each image's sum by itself.
template <typename MakeTerm>
HWY_INLINE void sum_terms(const NormLayout& layout,
                          ImageRange images,
                          const MakeTerm& make_term,
                          float* sums) {
  for_channels(layout, [&](const Channels& channels) HWY_ATTR {
    const auto term = make_term(channels);
    Vector all_images = hn::Zero(kFloats);
    for (std::int64_t image = images.begin; image < images.end; ++image) {
      Vector of_image[4];
      clear(of_image);
      for_places(layout, channels, image, [&](std::int64_t at, int i) HWY_ATTR {
        of_image[i] = hn::Add(of_image[i], term(at));
      });
      all_images = hn::Add(all_images, total(of_image));
    }
    channels.store(all_images, sums + channels.first);
  });
}

void Sum(const NormLayout& layout, ImageRange images, const float* x, float* sums) {
  sum_terms(
      layout,
      images,
      [&](const Channels& channels)
          HWY_ATTR { return [&](std::int64_t at) HWY_ATTR { return channels.load(x + at); }; },
      sums);
}

void SumSquares(const NormLayout& layout,
                ImageRange images,
                const float* x,
                const float* mean,
                float* squares) {
  sum_terms(
      layout,
      images,
      [&](const Channels& channels) HWY_ATTR {
        const Vector center = channels.of(mean);
        return [&, center](std::int64_t at) HWY_ATTR {
          const Vector deviation = hn::Sub(channels.load(x + at), center);
          return hn::Mul(deviation, deviation);
        };
      },
      squares);
}

void Apply(const NormLayout& layout,
           ImageRange images,
           const Normalisation& norm,
           const float* x,
           float* y) {
  for_channels(layout, [&](const Channels& channels) HWY_ATTR {
    const Vector mean = channels.of(norm.mean);
    const Vector scale = hn::Mul(channels.of(norm.inverse), channels.of(norm.gamma));
    const Vector beta = channels.of(norm.beta);
    for (std::int64_t image = images.begin; image < images.end; ++image) {
      for_places(layout, channels, image, [&](std::int64_t at, int) HWY_ATTR {
        const Vector deviation = hn::Sub(channels.load(x + at), mean);
        channels.store(hn::MulAdd(deviation, scale, beta), y + at);
      });
    }
  });
}

void SumGradients(const NormLayout& layout,
                  ImageRange images,
                  const Normalisation& norm,
                  const float* x,
                  const float* dy,
                  float* gamma_sums,
                  float* beta_sums) {
  sum_terms(
      layout,
      images,
      [&](const Channels& channels) HWY_ATTR {
        const Vector mean = channels.of(norm.mean);
        const Vector inverse = channels.of(norm.inverse);
        return [&, mean, inverse](std::int64_t at) HWY_ATTR {
          const Vector x_hat = hn::Mul(hn::Sub(channels.load(x + at), mean), inverse);
          return hn::Mul(channels.load(dy + at), x_hat);
        };
      },
      gamma_sums);
  Sum(layout, images, dy, beta_sums);
}

void Backward(const NormLayout& layout,
              ImageRange images,
              const Normalisation& norm,
              const float* gamma_mean,
              const float* beta_mean,
              const float* x,
              const float* dy,
              float* dx) {
  for_channels(layout, [&](const Channels& channels) HWY_ATTR {
    const Vector mean = channels.of(norm.mean);
    const Vector inverse = channels.of(norm.inverse);
    const Vector scale = hn::Mul(inverse, channels.of(norm.gamma));
    const Vector of_gamma = channels.of(gamma_mean);
    const Vector of_beta = channels.of(beta_mean);
    for (std::int64_t image = images.begin; image < images.end; ++image) {
      for_places(layout, channels, image, [&](std::int64_t at, int) HWY_ATTR {
        const Vector x_hat = hn::Mul(hn::Sub(channels.load(x + at), mean), inverse);
        const Vector centered = hn::Sub(channels.load(dy + at), of_beta);
        channels.store(hn::Mul(scale, hn::NegMulAdd(x_hat, of_gamma, centered)), dx + at);
      });
    }
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace plumbline::fast
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace plumbline::fast {

HWY_EXPORT(Sum);
HWY_EXPORT(SumSquares);
HWY_EXPORT(Apply);
HWY_EXPORT(SumGradients);
HWY_EXPORT(Backward);

void norm_sum(const NormLayout& layout, ImageRange images, const float* x, float* sums) {
  HWY_DYNAMIC_DISPATCH(Sum)(layout, images, x, sums);
}

void norm_sum_squares(const NormLayout& layout,
                      ImageRange images,
                      const float* x,
                      const float* mean,
                      float* squares) {
  HWY_DYNAMIC_DISPATCH(SumSquares)(layout, images, x, mean, squares);
}

void norm_apply(const NormLayout& layout,
                ImageRange images,
                const Normalisation& norm,
                const float* x,
                float* y) {
  HWY_DYNAMIC_DISPATCH(Apply)(layout, images, norm, x, y);
}

void norm_sum_gradients(const NormLayout& layout,
                        ImageRange images,
                        const Normalisation& norm,
                        const float* x,
                        const float* dy,
                        float* gamma_sums,
                        float* beta_sums) {
  HWY_DYNAMIC_DISPATCH(SumGradients)(layout, images, norm, x, dy, gamma_sums, beta_sums);
}

void norm_backward(const NormLayout& layout,
                   ImageRange images,
                   const Normalisation& norm,
                   const float* gamma_mean,
                   const float* beta_mean,
                   const float* x,
                   const float* dy,
                   float* dx) {
  HWY_DYNAMIC_DISPATCH(Backward)(layout, images, norm, gamma_mean, beta_mean, x, dy, dx);
}

}  // namespace plumbline::fast
#endif
