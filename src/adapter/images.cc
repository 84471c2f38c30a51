#include "adapter/images.h"

#include <algorithm>

namespace plumbline {
namespace {

template <typename Pixel>
void scale(std::span<const Pixel> from, std::span<float> to, const InputScaling& scaling) {
  const auto factor = static_cast<float>(scaling.factor);
  const auto mean = static_cast<float>(scaling.mean);
  const auto stddev = static_cast<float>(scaling.stddev);
  std::ranges::transform(from, to.begin(), [=](Pixel pixel) {
    return (static_cast<float>(pixel) * factor - mean) / stddev;
  });
}

Shape batch_shape(const Tensor& images, std::int64_t count) {
  Shape shape = images.shape();
  shape.front() = count;
  return shape;
}

}  // namespace

Tensor scaled(const Tensor& images, const InputScaling& scaling) {
  Tensor result(DType::F32, images.shape());
  if (images.dtype() == DType::U8) {
    scale(images.as<std::uint8_t>(), result.as<float>(), scaling);
  } else {
    scale(images.as<float>(), result.as<float>(), scaling);
  }
  return result;
}

Tensor images_at(const Tensor& images, const std::vector<std::int64_t>& indices) {
  Tensor batch(DType::F32, batch_shape(images, std::ssize(indices)));
  const auto size = static_cast<std::size_t>(images.size() / images.shape().front());
  const float* from = images.as<float>().data();
  float* to = batch.as<float>().data();
  for (const std::int64_t index : indices) {
    to = std::copy_n(from + static_cast<std::size_t>(index) * size, size, to);
  }
  return batch;
}

Tensor images_from(const Tensor& images, std::int64_t first, std::int64_t count) {
  const std::int64_t taken = std::min(count, images.shape().front() - first);
  Tensor part(DType::F32, batch_shape(images, taken));
  const std::int64_t size = images.size() / images.shape().front();
  std::copy_n(images.as<float>().data() + first * size, taken * size, part.as<float>().data());
  return part;
}

}  // namespace plumbline
