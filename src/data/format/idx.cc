#include "data/format/idx.h"

#include <fmt/format.h>

#include <array>

#include "base/error.h"

namespace plumbline {
namespace {

ElementType type_of(std::byte code, const std::string& name) {
  switch (std::to_integer<unsigned>(code)) {
    case 0x08:
      return ElementType::U8;
    case 0x09:
      return ElementType::I8;
    case 0x0B:
      return ElementType::I16;
    case 0x0C:
      return ElementType::I32;
    case 0x0D:
      return ElementType::F32;
    case 0x0E:
      return ElementType::F64;
    default:
      break;
  }
  throw EnvironmentError(fmt::format(
      "{} is not an IDX file: its type byte is {:#04x}.", name, std::to_integer<unsigned>(code)));
}

}  // namespace

NumericArray read_idx(ByteReader& reader) {
  std::array<std::byte, 4> magic = {};
  read_exactly(reader, magic, "its IDX header");
  if (magic[0] != std::byte{0} || magic[1] != std::byte{0} || magic[3] == std::byte{0}) {
    throw EnvironmentError(
        fmt::format("{} is not an IDX file: it does not begin as one.", reader.name()));
  }
  NumericArray array;
  array.name = reader.name();
  array.type = type_of(magic[2], array.name);
  for (unsigned axis = 0; axis < std::to_integer<unsigned>(magic[3]); ++axis) {
    std::array<std::byte, 4> extent = {};
    read_exactly(reader, extent, "its IDX header");
    std::int64_t value = 0;
    for (const std::byte byte : extent) {
      value = value * 256 + std::to_integer<std::int64_t>(byte);
    }
    array.shape.push_back(value);
  }
  const std::size_t width = size_in_bytes(array.type);
  array.bytes.resize(checked_byte_count(array.shape, width, reader.most_bytes(), array.name));
  read_exactly(reader, array.bytes, "its elements");
  require_end(reader);
  swap_byte_order(array.bytes, width);
  return array;
}

}  // namespace plumbline
