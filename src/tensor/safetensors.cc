#include "tensor/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "tensor/safetensors_header.h"

namespace plumbline {
namespace {

constexpr std::size_t kPrefixBytes = 8;

// Where the bytes come from: a file or memory.
struct Source {
  std::uint64_t size;
  std::function<void(std::uint64_t offset, std::span<std::byte> bytes)> read;
};

std::uint64_t read_header_length(const Source& source) {
  if (source.size < kPrefixBytes) {
    throw UnsoundFile(fmt::format(
        "it has {} bytes, fewer than the 8 that every such file begins with", source.size));
  }
  std::array<std::byte, kPrefixBytes> prefix{};
  source.read(0, prefix);
  std::uint64_t length = 0;
  for (std::size_t i = kPrefixBytes; i-- > 0;) {
    length = length << 8 | std::to_integer<std::uint64_t>(prefix[i]);
  }
  if (length > kMaxHeaderBytes) {
    throw UnsoundFile(
        fmt::format("its header's length is {} bytes, beyond the format's limit of {}",
                    length,
                    kMaxHeaderBytes));
  }
  if (length > source.size - kPrefixBytes) {
    throw UnsoundFile(
        fmt::format("its header's length is {} bytes, beyond the file's {}", length, source.size));
  }
  return length;
}

// A bool of C++ has two values; any other byte would be undefined behaviour later.
void check_bools(const Tensor& tensor, const std::string& name) {
  const std::span<const std::byte> bytes = tensor.bytes();
  if (std::any_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte > std::byte{1}; })) {
    throw UnsoundFile(fmt::format("the BOOL tensor '{}' has bytes other than 0 and 1", name));
  }
}

SafetensorsFile read_checked(const Source& source) {
  const std::uint64_t length = read_header_length(source);
  std::string json(length, '\0');
  source.read(kPrefixBytes, std::as_writable_bytes(std::span(json)));
  const std::uint64_t data_begin = kPrefixBytes + length;
  SafetensorsHeader header = parse_safetensors_header(json, source.size - data_begin);
  SafetensorsFile file;
  file.metadata = std::move(header.metadata);
  for (TensorEntry& entry : header.entries) {
    Tensor tensor(entry.dtype, std::move(entry.shape));
    source.read(data_begin + entry.begin, tensor.bytes());
    if (entry.dtype == DType::Bool) {
      check_bools(tensor, entry.name);
    }
    file.tensors.emplace(std::move(entry.name), std::move(tensor));
  }
  return file;
}

SafetensorsFile read_named(const Source& source, const std::string& name) {
  try {
    return read_checked(source);
  } catch (const UnsoundFile& error) {
    throw EnvironmentError(fmt::format(
        "'{}' is not a safetensors file that can be used: {}. Write it again, or name another.",
        name,
        error.what()));
  }
}

std::string header_of(const TensorMap& tensors,
                      const std::map<std::string, std::string>& metadata) {
  nlohmann::json header = nlohmann::json::object();
  if (!metadata.empty()) {
    header["__metadata__"] = metadata;
  }
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    if (name == "__metadata__") {
      throw Error(
          "A tensor cannot be stored under the name '__metadata__', which the safetensors format "
          "reserves.");
    }
    const std::uint64_t end = offset + tensor.bytes().size();
    header[name] = {{"dtype", safetensors_name(tensor.dtype())},
                    {"shape", tensor.shape()},
                    {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.append((kPrefixBytes - text.size() % kPrefixBytes) % kPrefixBytes, ' ');
  if (text.size() > kMaxHeaderBytes) {
    throw Error(
        "The tensors' names and shapes take more than the 100 MB that a safetensors header may "
        "have.");
  }
  return text;
}

}  // namespace

SafetensorsFile read_safetensors(const std::filesystem::path& path) {
  const InputFile file(path);
  const Source source{file.size(), [&file](std::uint64_t offset, std::span<std::byte> bytes) {
                        file.read_at(offset, bytes);
                      }};
  return read_named(source, path.string());
}

SafetensorsFile parse_safetensors(std::span<const std::byte> bytes, const std::string& name) {
  const Source source{bytes.size(), [bytes](std::uint64_t offset, std::span<std::byte> target) {
                        const std::span<const std::byte> part =
                            bytes.subspan(offset, target.size());
                        std::copy(part.begin(), part.end(), target.begin());
                      }};
  return read_named(source, name);
}

void write_safetensors(const std::filesystem::path& path,
                       const TensorMap& tensors,
                       const std::map<std::string, std::string>& metadata) {
  std::string header;
  try {
    header = header_of(tensors, metadata);
  } catch (const nlohmann::json::exception&) {
    throw Error(fmt::format("Cannot write '{}': a tensor's name or the metadata are not UTF-8.",
                            path.string()));
  }
  std::string prefix(kPrefixBytes, '\0');
  for (std::size_t i = 0; i < kPrefixBytes; ++i) {
    prefix[i] = static_cast<char>(header.size() >> (8 * i) & 0xFFU);
  }
  std::vector<std::string_view> pieces = {prefix, header};
  for (const auto& [name, tensor] : tensors) {
    const std::span<const std::byte> bytes = tensor.bytes();
    pieces.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  write_file(path, pieces, Durability::Unsynced);
}

}  // namespace plumbline
