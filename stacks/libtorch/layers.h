#pragma once

#include <torch/torch.h>

#include <array>
#include <vector>

// Modules that torch::nn lacks. Images are (batch, channels, height, width).

// (batch, channels, height, width) to a vector in the order (height, width, channels), the
// protocol's.
struct FlattenImpl : torch::nn::Module {
  torch::Tensor forward(const torch::Tensor& x) { return x.permute({0, 2, 3, 1}).flatten(1); }
};
TORCH_MODULE(Flatten);

// Over the channels of an image.
struct ChannelLayerNormImpl : torch::nn::LayerNormImpl {
  using LayerNormImpl::LayerNormImpl;
  torch::Tensor forward(const torch::Tensor& x) {
    return LayerNormImpl::forward(x.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
  }
};
TORCH_MODULE(ChannelLayerNorm);

// Dropout by a given mask of 0 and 1, set before each training step.
struct MaskedDropoutImpl : torch::nn::Module {
  explicit MaskedDropoutImpl(double rate) : scale(1.0 / (1.0 - rate)) {}
  torch::Tensor forward(const torch::Tensor& x) { return is_training() ? x * mask * scale : x; }
  double scale;
  torch::Tensor mask;
};
TORCH_MODULE(MaskedDropout);

// Average pooling with more padding at the end than at the start, which does not count.
struct PaddedAveragePoolImpl : torch::nn::Module {
  using Extents = std::array<std::int64_t, 2>;  // height, width
  // `padding` is (left, right, top, bottom).
  PaddedAveragePoolImpl(Extents size_,
                        Extents stride_,
                        std::vector<std::int64_t> padding_,
                        Extents image)
      : size(size_), stride(stride_), padding(std::move(padding_)) {
    share = register_buffer("share", pool(torch::ones({1, 1, image[0], image[1]})));
  }
  torch::Tensor forward(const torch::Tensor& x) { return pool(x) / share; }
  [[nodiscard]] torch::Tensor pool(const torch::Tensor& x) const {
    return torch::avg_pool2d(torch::constant_pad_nd(x, padding), size, stride);
  }
  Extents size;
  Extents stride;
  std::vector<std::int64_t> padding;
  torch::Tensor share;  // of the window that lies within the image
};
TORCH_MODULE(PaddedAveragePool);
