#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace plumbline {

enum class DType { Bool, U8, I32, I64, F32, F64 };

[[nodiscard]] std::size_t size_in_bytes(DType dtype);
[[nodiscard]] std::string_view safetensors_name(
    DType dtype);  // "BOOL", "U8", "I32", "I64", "F32", "F64"

// Extents, outermost first. An empty shape is a scalar.
using Shape = std::vector<std::int64_t>;
// The product of the extents. Throws Error for a negative extent or a product beyond 2^63 - 1.
[[nodiscard]] std::int64_t element_count(const Shape& shape);
[[nodiscard]] std::string to_string(const Shape& shape);  // "(28, 28, 1)"

template <typename T>
struct DTypeOf;
template <>
struct DTypeOf<bool> : std::integral_constant<DType, DType::Bool> {};
template <>
struct DTypeOf<std::uint8_t> : std::integral_constant<DType, DType::U8> {};
template <>
struct DTypeOf<std::int32_t> : std::integral_constant<DType, DType::I32> {};
template <>
struct DTypeOf<std::int64_t> : std::integral_constant<DType, DType::I64> {};
template <>
struct DTypeOf<float> : std::integral_constant<DType, DType::F32> {};
template <>
struct DTypeOf<double> : std::integral_constant<DType, DType::F64> {};

// A dense row-major array that owns its memory (64-byte aligned, zeroed). A value: copies copy the
// elements. Without arguments it is empty: shape (0).
class Tensor {
 public:
  Tensor() = default;
  Tensor(DType dtype, Shape shape);

  [[nodiscard]] DType dtype() const { return dtype_; }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::int64_t size() const { return element_count(shape_); }
  [[nodiscard]] std::span<std::byte> bytes();
  [[nodiscard]] std::span<const std::byte> bytes() const;
  // The elements; throws Error when T is not the tensor's dtype.
  template <typename T>
  [[nodiscard]] std::span<T> as();
  template <typename T>
  [[nodiscard]] std::span<const T> as() const;

 private:
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  void require(DType dtype) const;
  DType dtype_ = DType::F32;
  Shape shape_ = Shape(1, 0);
  std::vector<Line> storage_;
};

using TensorMap = std::map<std::string, Tensor>;

template <typename T>
std::span<T> Tensor::as() {
  require(DTypeOf<T>::value);
  return {reinterpret_cast<T*>(storage_.data()), static_cast<std::size_t>(size())};
}
template <typename T>
std::span<const T> Tensor::as() const {
  require(DTypeOf<T>::value);
  return {reinterpret_cast<const T*>(storage_.data()), static_cast<std::size_t>(size())};
}

}  // namespace plumbline
