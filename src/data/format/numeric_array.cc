#include "data/format/numeric_array.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

namespace plumbline {
namespace {

// "image 3 at (0, 5, 1)" for the element at `offset` of an array of that shape.
std::string place_of(std::int64_t offset, const Shape& shape) {
  Shape index(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    index[axis] = offset % shape[axis];
    offset /= shape[axis];
  }
  return fmt::format(
      "image {} at {}", index.front(), to_string(Shape(index.begin() + 1, index.end())));
}

Shape image_shape(const NumericArray& array) {
  Shape shape = array.shape;
  if (shape.size() < 2 || shape.size() > 4) {
    throw EnvironmentError(
        fmt::format("{} has the shape {}. Images must be (n, height, width), (n, height, width, "
                    "channels) or (n, features).",
                    array.name,
                    to_string(shape)));
  }
  if (shape.size() == 3) {
    shape.push_back(1);
  }
  return shape;
}

template <typename T>
void convert_to_f32(std::span<const T> from, std::span<float> to, const NumericArray& array) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    to[i] = static_cast<float>(from[i]);
    if (!std::isfinite(to[i])) {
      throw EnvironmentError(fmt::format(
          "{}: {} is {}, which is not a finite float32 number. Replace it or leave the image out.",
          array.name,
          place_of(static_cast<std::int64_t>(i), array.shape),
          from[i]));
    }
  }
}

template <typename T>
std::int64_t label_from(T value, std::size_t index, const std::string& name) {
  const auto number =
      static_cast<double>(value);  // labels in range are exact, and others stay out of range
  if (!(number >= 0 && number < static_cast<double>(kMostClasses))) {
    throw EnvironmentError(
        fmt::format("{}: label {} is {}. Labels must be whole numbers from 0 to {}.",
                    name,
                    index,
                    value,
                    kMostClasses - 1));
  }
  if (number != std::floor(number)) {
    throw EnvironmentError(
        fmt::format("{}: label {} is {}, which is not a whole number. Labels are class numbers.",
                    name,
                    index,
                    value));
  }
  return static_cast<std::int64_t>(number);
}

void check_label_shape(const NumericArray& array) {
  const Shape& shape = array.shape;
  const bool is_column = shape.size() == 2 && shape[1] == 1;
  if (shape.size() == 1 || is_column) {
    return;
  }
  const char* hint =
      shape.size() == 2 ? " If they are one-hot, store labels.argmax(axis=1) instead." : "";
  throw EnvironmentError(
      fmt::format("{} has the shape {}. Labels must be one class number an image, (n).{}",
                  array.name,
                  to_string(shape),
                  hint));
}

}  // namespace

std::size_t size_in_bytes(ElementType type) {
  switch (type) {
    case ElementType::U8:
    case ElementType::I8:
      return 1;
    case ElementType::U16:
    case ElementType::I16:
      return 2;
    case ElementType::U32:
    case ElementType::I32:
    case ElementType::F32:
      return 4;
    case ElementType::U64:
    case ElementType::I64:
    case ElementType::F64:
      return 8;
  }
  throw Error("An array has a type that does not exist.");
}

std::string_view element_name(ElementType type) {
  switch (type) {
    case ElementType::U8:
      return "uint8";
    case ElementType::I8:
      return "int8";
    case ElementType::U16:
      return "uint16";
    case ElementType::I16:
      return "int16";
    case ElementType::U32:
      return "uint32";
    case ElementType::I32:
      return "int32";
    case ElementType::U64:
      return "uint64";
    case ElementType::I64:
      return "int64";
    case ElementType::F32:
      return "float32";
    case ElementType::F64:
      return "float64";
  }
  throw Error("An array has a type that does not exist.");
}

std::size_t checked_byte_count(const Shape& shape,
                               std::size_t element_bytes,
                               std::uint64_t available,
                               const std::string& name) {
  std::uint64_t bytes = element_bytes;
  for (const std::int64_t extent : shape) {
    if (extent <= 0) {
      throw EnvironmentError(fmt::format("{} is empty: its shape is {}.", name, to_string(shape)));
    }
    if (static_cast<std::uint64_t>(extent) > kMostArrayBytes / bytes) {
      throw EnvironmentError(fmt::format(
          "{} claims the shape {}, which is more than the {} bytes that an array may have.",
          name,
          to_string(shape),
          kMostArrayBytes));
    }
    bytes *= static_cast<std::uint64_t>(extent);
  }
  if (bytes > available) {
    throw EnvironmentError(fmt::format(
        "{} is damaged: it claims the shape {}, {} bytes, and cannot hold more than {}.",
        name,
        to_string(shape),
        bytes,
        available));
  }
  return static_cast<std::size_t>(bytes);
}

void swap_byte_order(std::span<std::byte> bytes, std::size_t width) {
  if (width == 1) {
    return;
  }
  for (std::size_t at = 0; at + width <= bytes.size(); at += width) {
    const auto element = bytes.subspan(at, width);
    std::reverse(element.begin(), element.end());
  }
}

Tensor images_from(const NumericArray& array) {
  const Shape shape = image_shape(array);
  if (array.type == ElementType::U8) {
    Tensor images(DType::U8, shape);
    std::memcpy(images.bytes().data(), array.bytes.data(), array.bytes.size());
    return images;
  }
  Tensor images(DType::F32, shape);
  visit_elements(array,
                 [&](auto elements) { convert_to_f32(elements, images.as<float>(), array); });
  return images;
}

Tensor labels_from(const NumericArray& array) {
  check_label_shape(array);
  Tensor labels(DType::I64, {array.shape.front()});
  const auto to = labels.as<std::int64_t>();
  visit_elements(array, [&](auto elements) {
    for (std::size_t i = 0; i < elements.size(); ++i) {
      to[i] = label_from(elements[i], i, array.name);
    }
  });
  return labels;
}

}  // namespace plumbline
