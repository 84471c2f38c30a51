#pragma once

#include <cstdint>
#include <vector>

#include "tensor/tensor.h"

namespace plumbline {

// One image of a split's images (n, height, width, channels) as a PNG file. Grey or colour, U8; F32
// is scaled from its own lowest and highest value. Empty for what is no picture: features, other
// numbers of channels, an index or an extent out of range.
[[nodiscard]] std::vector<std::uint8_t> image_png(const Tensor& images, std::size_t index);

}  // namespace plumbline
