#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "tensor/tensor.h"

namespace plumbline {

// The safetensors format, version 0.4+: u64 little-endian header length, JSON header, then the
// bytes of all tensors. Of its dtypes we take BOOL, U8, I32, I64, F32 and F64. Every length, offset
// and shape is checked against the file before memory is taken; overlapping or leaking ranges are
// refused, as in the format's own reader.
struct SafetensorsFile {
  TensorMap tensors;
  std::map<std::string, std::string> metadata;  // "__metadata__"
};

// Throw EnvironmentError that names the file and what is wrong in it.
[[nodiscard]] SafetensorsFile read_safetensors(const std::filesystem::path& path);
// Tensors in the order of their names, header and bytes. As write_file, but not synced: these are
// scratch files.
void write_safetensors(const std::filesystem::path& path,
                       const TensorMap& tensors,
                       const std::map<std::string, std::string>& metadata = {});
// The same from memory, for tests and fuzzing; `name` stands in messages.
[[nodiscard]] SafetensorsFile parse_safetensors(std::span<const std::byte> bytes,
                                                const std::string& name);

}  // namespace plumbline
