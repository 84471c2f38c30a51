#include "report/model/image_png.h"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "base/error.h"

namespace plumbline {

namespace {

constexpr std::int64_t kMostPixelsASide = 512;

std::vector<std::uint8_t> scaled(std::span<const float> values) {
  const auto is_finite = [](float value) { return std::isfinite(value); };
  float low = INFINITY;
  float high = -INFINITY;
  for (const float value : values) {
    low = is_finite(value) ? std::min(low, value) : low;
    high = is_finite(value) ? std::max(high, value) : high;
  }
  std::vector<std::uint8_t> pixels;
  pixels.reserve(values.size());
  for (const float value : values) {
    const float share = is_finite(value) && high > low ? (value - low) / (high - low) : 0;
    pixels.push_back(static_cast<std::uint8_t>(std::lround(255 * share)));
  }
  return pixels;
}

std::vector<std::uint8_t> pixels_of(const Tensor& images, std::size_t index, std::size_t size) {
  if (images.dtype() == DType::U8) {
    const std::span<const std::uint8_t> values =
        images.as<std::uint8_t>().subspan(index * size, size);
    return {values.begin(), values.end()};
  }
  return images.dtype() == DType::F32 ? scaled(images.as<float>().subspan(index * size, size))
                                      : std::vector<std::uint8_t>();
}

}  // namespace

std::vector<std::uint8_t> image_png(const Tensor& images, std::size_t index) {
  const Shape& shape = images.shape();
  const bool is_picture = shape.size() == 4 && (shape[3] == 1 || shape[3] == 3) &&
                          std::min(shape[1], shape[2]) > 0 &&
                          std::max(shape[1], shape[2]) <= kMostPixelsASide &&
                          static_cast<std::int64_t>(index) < shape[0];
  if (!is_picture) {
    return {};
  }
  const auto size = static_cast<std::size_t>(shape[1] * shape[2] * shape[3]);
  const std::vector<std::uint8_t> pixels = pixels_of(images, index, size);
  if (pixels.empty()) {
    return {};
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(shape[2]);
  image.height = static_cast<png_uint_32>(shape[1]);
  image.format = shape[3] == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::vector<std::uint8_t> png(bytes);
  if (png_image_write_to_memory(&image, png.data(), &bytes, 0, pixels.data(), 0, nullptr) == 0) {
    throw Error(std::string("libpng cannot write an image: ") + image.message);
  }
  png.resize(bytes);
  return png;
}

}  // namespace plumbline
