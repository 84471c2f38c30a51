#include "tensor/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <limits>

#include "base/error.h"

namespace plumbline {

std::size_t size_in_bytes(DType dtype) {
  switch (dtype) {
    case DType::Bool:
    case DType::U8:
      return 1;
    case DType::I32:
    case DType::F32:
      return 4;
    case DType::I64:
    case DType::F64:
      return 8;
  }
  throw Error("A tensor's dtype is none of the known ones.");
}

std::string_view safetensors_name(DType dtype) {
  switch (dtype) {
    case DType::Bool:
      return "BOOL";
    case DType::U8:
      return "U8";
    case DType::I32:
      return "I32";
    case DType::I64:
      return "I64";
    case DType::F32:
      return "F32";
    case DType::F64:
      return "F64";
  }
  throw Error("A tensor's dtype is none of the known ones.");
}

std::int64_t element_count(const Shape& shape) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 0) {
      throw Error(fmt::format("The shape {} has a negative extent.", to_string(shape)));
    }
    if (extent != 0 && count > kMost / extent) {
      throw Error(
          fmt::format("The shape {} has more elements than can be counted.", to_string(shape)));
    }
    count *= extent;
  }
  return count;
}

std::string to_string(const Shape& shape) {
  return fmt::format("({})", fmt::join(shape, ", "));
}

Tensor::Tensor(DType dtype, Shape shape) : dtype_(dtype), shape_(std::move(shape)) {
  const auto count = static_cast<std::uint64_t>(size());
  if (count > std::numeric_limits<std::uint64_t>::max() / 16) {
    throw Error(
        fmt::format("A tensor of shape {} is larger than memory can be.", to_string(shape_)));
  }
  const std::uint64_t bytes = count * size_in_bytes(dtype);
  storage_.resize((bytes + sizeof(Line) - 1) / sizeof(Line));
}

std::span<std::byte> Tensor::bytes() {
  return {reinterpret_cast<std::byte*>(storage_.data()),
          static_cast<std::size_t>(size()) * size_in_bytes(dtype_)};
}

std::span<const std::byte> Tensor::bytes() const {
  return {reinterpret_cast<const std::byte*>(storage_.data()),
          static_cast<std::size_t>(size()) * size_in_bytes(dtype_)};
}

void Tensor::require(DType dtype) const {
  if (dtype != dtype_) {
    throw Error(fmt::format("A tensor of dtype {} and shape {} was used as {}.",
                            safetensors_name(dtype_),
                            to_string(shape_),
                            safetensors_name(dtype)));
  }
}

}  // namespace plumbline
