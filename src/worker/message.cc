#include "worker/message.h"

#include <array>
#include <cstdint>

#include "base/error.h"
#include "base/text.h"

namespace plumbline {

namespace {

using nlohmann::json;

constexpr std::size_t kPrefixBytes = 4;

std::uint32_t length_in(std::string_view prefix) {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < kPrefixBytes; ++i) {
    length |= std::uint32_t{static_cast<unsigned char>(prefix[i])} << (8 * i);
  }
  return length;
}

[[noreturn]] void throw_too_long(std::size_t bytes) {
  throw Error("A message of " + format_bytes(static_cast<double>(bytes)) +
              " is over the protocol's limit of " +
              format_bytes(static_cast<double>(kMaxMessageBytes)) + ".");
}

[[noreturn]] void throw_not_json(std::size_t bytes, std::size_t at) {
  throw Error("A message of " + std::to_string(bytes) + " bytes is not JSON at its byte " +
              std::to_string(at) + ".");
}

// The parser's own words are not used: they quote the text, which may be long and anything.
json parse_message(std::string_view text) {
  const auto check_depth = [](int depth, json::parse_event_t event, const json&) {
    const bool opens =
        event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (opens && depth >= kMaxMessageDepth) {
      throw Error("A message is nested deeper than " + std::to_string(kMaxMessageDepth) + ".");
    }
    return true;
  };
  // To the parser a zero byte is the end of its input, and what follows would go unseen.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    throw_not_json(text.size(), zero + 1);
  }
  json message;
  try {
    message = json::parse(text, check_depth);
  } catch (const json::parse_error& error) {
    throw_not_json(text.size(), error.byte);
  } catch (const json::exception&) {
    throw Error("A message holds a number that is out of range.");
  }
  if (!message.is_object()) {
    throw Error(std::string("A message is not a JSON object but of type ") + message.type_name() +
                ".");
  }
  return message;
}

}  // namespace

std::string encode_message(const json& message) {
  std::string text;
  try {
    text = message.dump();
  } catch (const json::type_error&) {
    throw Error(
        "A message for a worker holds text that is not UTF-8; rename the file or folder it names.");
  }
  if (text.size() > kMaxMessageBytes) {
    throw_too_long(text.size());
  }
  std::string encoded;
  encoded.reserve(kPrefixBytes + text.size());
  for (std::size_t i = 0; i < kPrefixBytes; ++i) {
    encoded += static_cast<char>((text.size() >> (8 * i)) & 0xff);
  }
  return encoded + text;
}

void MessageReader::feed(std::span<const std::byte> bytes) {
  buffer_.erase(0, taken_);
  taken_ = 0;
  buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::optional<json> MessageReader::next() {
  const std::string_view waiting = std::string_view(buffer_).substr(taken_);
  if (waiting.size() < kPrefixBytes) {
    return std::nullopt;
  }
  const std::size_t length = length_in(waiting);
  if (length > kMaxMessageBytes) {
    throw_too_long(length);
  }
  if (waiting.size() - kPrefixBytes < length) {
    return std::nullopt;
  }
  taken_ += kPrefixBytes + length;
  return parse_message(waiting.substr(kPrefixBytes, length));
}

}  // namespace plumbline
