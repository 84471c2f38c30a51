#include "data/format/npy.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string_view>

#include "base/error.h"
#include "data/format/npy_header.h"

namespace plumbline {
namespace {

static_assert(std::endian::native == std::endian::little,
              "Byte orders below are told for little-endian machines.");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMostHeaderBytes = std::size_t{1}
                                         << 16;  // numpy itself reads no more than 10,000 unasked

std::string read_header_text(ByteReader& reader) {
  std::array<std::byte, 8> start = {};
  read_exactly(reader, start, "its .npy header");
  if (std::memcmp(start.data(), kMagic.data(), kMagic.size()) != 0) {
    throw EnvironmentError(
        fmt::format("{} is not a .npy file: it does not begin as one.", reader.name()));
  }
  const auto version = std::to_integer<unsigned>(start[6]);
  if (version < 1 || version > 3) {
    throw EnvironmentError(fmt::format(
        "{} has version {} of the .npy format; 1 to 3 can be read.", reader.name(), version));
  }
  std::array<std::byte, 4> length = {};
  read_exactly(reader, std::span(length).first(version == 1 ? 2 : 4), "its .npy header");
  std::size_t bytes = 0;
  for (std::size_t i = length.size(); i-- > 0;) {
    bytes = bytes * 256 + std::to_integer<std::size_t>(length[i]);
  }
  if (bytes > kMostHeaderBytes) {
    throw EnvironmentError(
        fmt::format("{} is damaged: its .npy header claims {} bytes.", reader.name(), bytes));
  }
  std::string text(bytes, '\0');
  read_exactly(reader, std::as_writable_bytes(std::span(text)), "its .npy header");
  return text;
}

ElementType type_of(const NpyHeader& header) {
  if (header.kind == 'f') {
    return header.width == 8 ? ElementType::F64 : ElementType::F32;
  }
  const bool is_signed = header.kind == 'i';
  switch (header.width) {
    case 1:
      return is_signed ? ElementType::I8 : ElementType::U8;
    case 2:
      return is_signed ? ElementType::I16 : ElementType::U16;
    case 4:
      return is_signed ? ElementType::I32 : ElementType::U32;
    default:
      return is_signed ? ElementType::I64 : ElementType::U64;
  }
}

float float_from_half(std::uint16_t half) {
  const int exponent = (half >> 10) & 0x1f;
  const int fraction = half & 0x3ff;
  float magnitude = 0;
  if (exponent == 0x1f) {
    magnitude = fraction == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    magnitude = std::ldexp(static_cast<float>(fraction + 0x400), exponent - 25);
  }
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

std::vector<std::byte> floats_from_halves(std::span<const std::byte> halves) {
  std::vector<std::byte> floats(halves.size() * 2);
  for (std::size_t i = 0; i < halves.size() / 2; ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, halves.data() + i * 2, 2);
    const float value = float_from_half(half);
    std::memcpy(floats.data() + i * 4, &value, 4);
  }
  return floats;
}

// Column-major to row-major: walks the row-major order and keeps the column-major offset beside it.
std::vector<std::byte> row_major(std::span<const std::byte> bytes,
                                 const Shape& shape,
                                 std::size_t width) {
  std::vector<std::size_t> strides(shape.size());
  std::size_t stride = width;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    strides[axis] = stride;
    stride *= static_cast<std::size_t>(shape[axis]);
  }
  std::vector<std::byte> result(bytes.size());
  Shape index(shape.size(), 0);
  std::size_t from = 0;
  for (std::size_t to = 0; to < result.size(); to += width) {
    std::memcpy(result.data() + to, bytes.data() + from, width);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) {
        break;
      }
      from -= strides[axis] * static_cast<std::size_t>(shape[axis]);
      index[axis] = 0;
    }
  }
  return result;
}

}  // namespace

NumericArray read_npy(ByteReader& reader) {
  const NpyHeader header = parse_npy_header(read_header_text(reader), reader.name());
  const auto width = static_cast<std::size_t>(header.width);
  NumericArray array;
  array.name = reader.name();
  array.type = type_of(header);
  array.shape = header.shape;
  array.bytes.resize(checked_byte_count(array.shape, width, reader.most_bytes(), array.name));
  read_exactly(reader, array.bytes, "its elements");
  require_end(reader);
  if (header.byte_order == '>') {
    swap_byte_order(array.bytes, width);
  }
  if (header.fortran_order) {
    array.bytes = row_major(array.bytes, array.shape, width);
  }
  if (header.kind == 'f' && width == 2) {
    array.bytes = floats_from_halves(array.bytes);
  }
  return array;
}

}  // namespace plumbline
