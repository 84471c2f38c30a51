#pragma once

#include <fmt/format.h>
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "data/format/byte_reader.h"

namespace plumbline {

// Files and streams for the tests of readers, made byte by byte.

inline std::string bytes_of(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) {
    bytes.push_back(static_cast<char>(value));
  }
  return bytes;
}

inline std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

inline std::string gzip_of(std::string_view text) {
  z_stream stream = {};
  constexpr int kGzipWindow = 15 + 16;
  if (deflateInit2(&stream, 9, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int code = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (code != Z_STREAM_END) {
    throw std::runtime_error("deflate");
  }
  return out;
}

// An IDX file with unsigned bytes (type 0x08) or another type's payload.
inline std::string idx_of(const std::vector<std::uint32_t>& shape,
                          std::string_view payload,
                          int type = 0x08) {
  std::string bytes = bytes_of({0, 0, type, static_cast<int>(shape.size())});
  for (const std::uint32_t extent : shape) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<char>((extent >> shift) & 0xffU));
    }
  }
  return bytes + std::string(payload);
}

// A version 1.0 .npy file with that dictionary as its header.
inline std::string npy_of(const std::string& header, std::string_view payload) {
  return "\x93NUMPY" +
         bytes_of(
             {1, 0, static_cast<int>(header.size() & 0xff), static_cast<int>(header.size() >> 8)}) +
         header + std::string(payload);
}

// The little-endian bytes of numbers.
template <typename T>
std::string payload_of(std::initializer_list<T> values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  std::copy_n(reinterpret_cast<const char*>(values.begin()), bytes.size(), bytes.begin());
  return bytes;
}

inline void write_bytes(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

inline MemoryReader reader_of(std::string_view bytes) {
  return MemoryReader(std::as_bytes(std::span(bytes)), "'memory'");
}

// The message of the Exception that `act` throws; the empty string when it throws none.
template <typename Exception = EnvironmentError, typename Act>
std::string message_of(Act&& act) {
  try {
    act();
  } catch (const Exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace plumbline
