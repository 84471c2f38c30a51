#pragma once

#include <cstdint>
#include <vector>

#include "study/recipe.h"
#include "tensor/tensor.h"

namespace plumbline {

// x becomes (x * factor - mean) / stddev in float32; the shape stays. Takes U8 or F32.
[[nodiscard]] Tensor scaled(const Tensor& images, const InputScaling& scaling);
// Copies of the images at `indices`, in that order.
[[nodiscard]] Tensor images_at(const Tensor& images, const std::vector<std::int64_t>& indices);
// Copies of the images from `first` on: `count` of them, or what is left.
[[nodiscard]] Tensor images_from(const Tensor& images, std::int64_t first, std::int64_t count);

}  // namespace plumbline
