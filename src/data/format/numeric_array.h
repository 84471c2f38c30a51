#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "data/format/byte_reader.h"
#include "tensor/tensor.h"

namespace plumbline {

// What a file of numbers holds, before it is images or labels.
enum class ElementType { U8, I8, U16, I16, U32, I32, U64, I64, F32, F64 };

[[nodiscard]] std::size_t size_in_bytes(ElementType type);
[[nodiscard]] std::string_view element_name(ElementType type);  // "uint8", as numpy calls it

// No array that is decoded may be larger.
inline constexpr std::uint64_t kMostArrayBytes = std::uint64_t{1} << 33;

// Row-major, in this machine's byte order. `name` says in messages where it came from:
// "'/data/x.npz', x_train".
struct NumericArray {
  ElementType type = ElementType::U8;
  Shape shape;
  std::vector<std::byte> bytes;
  std::string name;
};

// The product of the extents times the element's size; throws when the array is empty, when the
// product is above kMostArrayBytes, or above `available` (so that a header's claim never takes more
// memory than its file could fill).
[[nodiscard]] std::size_t checked_byte_count(const Shape& shape,
                                             std::size_t element_bytes,
                                             std::uint64_t available,
                                             const std::string& name);

// Reverses the bytes of every element of `width` bytes.
void swap_byte_order(std::span<std::byte> bytes, std::size_t width);

// Calls `visit` with the elements as a span of their C++ type.
template <typename Visit>
void visit_elements(const NumericArray& array, Visit&& visit) {
  const auto as = [&array]<typename T>(T /*of the type*/) {
    return std::span<const T>(reinterpret_cast<const T*>(array.bytes.data()),
                              array.bytes.size() / sizeof(T));
  };
  switch (array.type) {
    case ElementType::U8:
      return visit(as(std::uint8_t{}));
    case ElementType::I8:
      return visit(as(std::int8_t{}));
    case ElementType::U16:
      return visit(as(std::uint16_t{}));
    case ElementType::I16:
      return visit(as(std::int16_t{}));
    case ElementType::U32:
      return visit(as(std::uint32_t{}));
    case ElementType::I32:
      return visit(as(std::int32_t{}));
    case ElementType::U64:
      return visit(as(std::uint64_t{}));
    case ElementType::I64:
      return visit(as(std::int64_t{}));
    case ElementType::F32:
      return visit(as(float{}));
    case ElementType::F64:
      return visit(as(double{}));
  }
  throw Error("An array has a type that does not exist.");
}

// (n, h, w), (n, h, w, c) or (n, features) to (n, h, w, 1), (n, h, w, c) or (n, features): uint8
// stays U8, all else becomes F32. Throws EnvironmentError for another rank, an empty array and
// numbers that are not finite in float32.
[[nodiscard]] Tensor images_from(const NumericArray& array);

// (n) or (n, 1) to (n), I64. Floating-point labels must be whole numbers. All must be from 0 to
// kMostClasses - 1.
inline constexpr std::int64_t kMostClasses = 1'000'000;
[[nodiscard]] Tensor labels_from(const NumericArray& array);

}  // namespace plumbline
