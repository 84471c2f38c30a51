#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace plumbline {

inline constexpr int kProtocolVersion = 1;
inline constexpr std::size_t kMaxMessageBytes = std::size_t{16} << 20;
inline constexpr int kMaxMessageDepth = 64;

// One message as it travels: 4-byte little-endian length, then the JSON text. Throws Error if that
// is over the limit.
[[nodiscard]] std::string encode_message(const nlohmann::json& message);

// Collects bytes from a pipe and gives out whole messages. Any input is safe; memory is bounded by
// kMaxMessageBytes where `next` is called until it has nothing after each `feed`.
class MessageReader {
 public:
  void feed(std::span<const std::byte> bytes);
  // The next whole message, or nothing yet. Throws Error with a sentence on a length over the
  // limit, on text that is not one JSON object or is nested deeper than kMaxMessageDepth; the
  // reader is of no use afterwards.
  [[nodiscard]] std::optional<nlohmann::json> next();

 private:
  std::string buffer_;
  std::size_t taken_ = 0;  // bytes at the front of the buffer that were given out
};

}  // namespace plumbline
