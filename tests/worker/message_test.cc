#include "worker/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/error.h"

namespace plumbline {
namespace {

using nlohmann::json;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string framed(std::string_view text) {
  std::string prefix;
  for (std::size_t i = 0; i < 4; ++i) {
    prefix += static_cast<char>((text.size() >> (8 * i)) & 0xff);
  }
  return prefix + std::string(text);
}

std::string nested(int depth) {
  const auto times = static_cast<std::size_t>(depth - 1);
  return "{\"a\":" + std::string(times, '[') + std::string(times, ']') + "}";
}

// The message at fault, or nothing.
std::string error_from(std::string_view bytes) {
  MessageReader reader;
  reader.feed(bytes_of(bytes));
  try {
    static_cast<void>(reader.next());
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(EncodeMessage, PrefixesTheLengthInLittleEndian) {
  EXPECT_EQ(encode_message({{"id", 3}}), std::string("\x08\0\0\0{\"id\":3}", 12));
  const std::string long_text(1000, 'x');
  EXPECT_EQ(encode_message({{"a", long_text}}).substr(0, 4),
            std::string("\xf0\x03\0\0", 4));  // 8 + 1000
}

TEST(EncodeMessage, RefusesWhatDoesNotTravel) {
  EXPECT_THROW(static_cast<void>(encode_message({{"a", std::string(kMaxMessageBytes, 'x')}})),
               Error);
  EXPECT_THROW(static_cast<void>(encode_message({{"path", "\xff"}})), Error);
}

TEST(MessageReader, GivesOutMessagesInWhateverPiecesTheyCome) {
  std::vector<json> sent;
  std::string stream;
  for (int i = 0; i < 50; ++i) {
    sent.push_back({{"id", i}, {"text", std::string(static_cast<std::size_t>(i * 7), 'x')}});
    stream += encode_message(sent.back());
  }
  std::mt19937 random(20260131);
  for (const std::size_t longest :
       {std::size_t{1}, std::size_t{5}, std::size_t{300}, stream.size()}) {
    std::uniform_int_distribution<std::size_t> length(1, longest);
    MessageReader reader;
    std::vector<json> received;
    for (std::size_t at = 0; at < stream.size();) {
      const std::string_view piece = std::string_view(stream).substr(at, length(random));
      at += piece.size();
      reader.feed(bytes_of(piece));
      while (std::optional<json> message = reader.next()) {
        received.push_back(*message);
      }
    }
    EXPECT_EQ(received, sent);
  }
}

TEST(MessageReader, WaitsForTheRest) {
  MessageReader reader;
  EXPECT_FALSE(reader.next());
  const std::string message = encode_message({{"id", 1}});
  reader.feed(bytes_of(message.substr(0, 3)));
  EXPECT_FALSE(reader.next());
  reader.feed(bytes_of(message.substr(3, 5)));
  EXPECT_FALSE(reader.next());
  reader.feed(bytes_of(message.substr(8)));
  EXPECT_EQ(reader.next(), json({{"id", 1}}));
  EXPECT_FALSE(reader.next());
}

TEST(MessageReader, RefusesWhatIsNotAMessage) {
  const struct {
    const char* name;
    std::string bytes;
    const char* sentence;
  } cases[] = {
      {"length over the limit",
       std::string("\x01\x00\x00\x01", 4),
       "over the protocol's limit of 16.8 MB"},
      {"largest length", "\xff\xff\xff\xff", "A message of 4.3 GB is over"},
      {"empty", framed(""), "is not JSON at its byte 1"},
      {"text", framed("hello"), "A message of 5 bytes is not JSON at its byte 1"},
      {"array", framed("[1]"), "not a JSON object but of type array"},
      {"number", framed("1"), "not a JSON object but of type number"},
      {"two objects", framed("{}{}"), "is not JSON at its byte 3"},
      {"NaN", framed("{\"loss\":NaN}"), "is not JSON"},
      {"number too large", framed("{\"loss\":1e999}"), "a number that is out of range"},
      {"bytes that are not UTF-8", framed("{\"a\":\"\xff\"}"), "is not JSON"},
      {"surrogate", framed("{\"a\":\"\\ud800\"}"), "is not JSON"},
      {"zero byte", framed(std::string("{}\0x", 4)), "of 4 bytes is not JSON at its byte 3"},
      {"too deep", framed(nested(kMaxMessageDepth + 1)), "nested deeper than 64"},
  };
  for (const auto& [name, bytes, sentence] : cases) {
    EXPECT_THAT(error_from(bytes), testing::HasSubstr(sentence)) << name;
  }
  EXPECT_EQ(error_from(framed(nested(kMaxMessageDepth))), "");
}

TEST(MessageReader, TakesAMessageOfTheGreatestLength) {
  const std::string text(kMaxMessageBytes - std::string_view(R"({"a":""})").size(), 'x');
  MessageReader reader;
  reader.feed(bytes_of(framed(R"({"a":")" + text + R"("})")));
  EXPECT_EQ(reader.next(), json({{"a", text}}));
}

}  // namespace
}  // namespace plumbline
