#pragma once

#include <cstdint>

namespace plumbline::fast {

// The kernels of batch_norm, over some images at a time. Channels may lie side by side, as in NHWC,
// or in blocks of some channels, as in oneDNN's nChw16c; padded channels are left alone.
struct NormLayout {
  std::int64_t places = 0;  // of an image
  std::int64_t channels = 0;
  std::int64_t image_stride = 0;  // floats
  std::int64_t place_stride = 0;
  std::int64_t block = 0;  // channels that lie side by side
  std::int64_t block_stride = 0;
};

struct ImageRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

// sums[c] = the sum of x over the images and their places.
void norm_sum(const NormLayout& layout, ImageRange images, const float* x, float* sums);
// squares[c] = the sum of (x - mean)^2.
void norm_sum_squares(
    const NormLayout& layout, ImageRange images, const float* x, const float* mean, float* squares);

// All by channel: x_hat = (x - mean) * inverse, inverse = 1 / sqrt(variance + epsilon).
struct Normalisation {
  const float* mean = nullptr;
  const float* inverse = nullptr;
  const float* gamma = nullptr;
  const float* beta = nullptr;
};
// y = gamma * x_hat + beta
void norm_apply(const NormLayout& layout,
                ImageRange images,
                const Normalisation& norm,
                const float* x,
                float* y);

// gamma_sums[c] = the sum of dy * x_hat, beta_sums[c] = the sum of dy.
void norm_sum_gradients(const NormLayout& layout,
                        ImageRange images,
                        const Normalisation& norm,
                        const float* x,
                        const float* dy,
                        float* gamma_sums,
                        float* beta_sums);
// dx = gamma * inverse * (dy - beta_mean - x_hat * gamma_mean), with the means over all images and
// places of what norm_sum_gradients sums (Ioffe & Szegedy 2015, section 3).
void norm_backward(const NormLayout& layout,
                   ImageRange images,
                   const Normalisation& norm,
                   const float* gamma_mean,
                   const float* beta_mean,
                   const float* x,
                   const float* dy,
                   float* dx);

}  // namespace plumbline::fast
