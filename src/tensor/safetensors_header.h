#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/tensor.h"

namespace plumbline {

// The JSON header of a safetensors file, checked.
struct TensorEntry {
  std::string name;
  DType dtype = DType::F32;
  Shape shape;
  std::uint64_t begin = 0;  // in the bytes that follow the header
  std::uint64_t end = 0;
};
struct SafetensorsHeader {
  std::vector<TensorEntry> entries;  // in the order of their bytes
  std::map<std::string, std::string> metadata;
};

// The most bytes that the format allows a header.
inline constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;

// What is wrong in a file, as a clause: "tensor 'a' ...". Caught where the file's name is known.
class UnsoundFile : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// `data_bytes` is how many bytes follow the header: the entries must tile them, without holes or
// overlaps. Memory taken is in proportion to the text. Throws UnsoundFile.
[[nodiscard]] SafetensorsHeader parse_safetensors_header(std::string_view json,
                                                         std::uint64_t data_bytes);

}  // namespace plumbline
