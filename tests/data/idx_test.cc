#include "data/format/idx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/bytes.h"

namespace plumbline {
namespace {

using testing::HasSubstr;

NumericArray parse(std::string_view bytes) {
  MemoryReader reader = reader_of(bytes);
  return read_idx(reader);
}

TEST(Idx, ReadsEveryTypeOfTheFormat) {
  struct Case {
    const char* name;
    int code;
    std::string big_endian;
    ElementType type;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {"unsigned bytes", 0x08, bytes_of({1, 255}), ElementType::U8, bytes_of({1, 255})},
      {"signed bytes", 0x09, bytes_of({1, 255}), ElementType::I8, payload_of<std::int8_t>({1, -1})},
      {"shorts",
       0x0B,
       bytes_of({1, 2, 255, 254}),
       ElementType::I16,
       payload_of<std::int16_t>({258, -2})},
      {"ints",
       0x0C,
       bytes_of({0, 0, 1, 2, 128, 0, 0, 0}),
       ElementType::I32,
       payload_of<std::int32_t>({258, INT32_MIN})},
      {"floats",
       0x0D,
       bytes_of({0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0}),
       ElementType::F32,
       payload_of({1.0F, -2.5F})},
      {"doubles",
       0x0E,
       bytes_of({0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 4, 0, 0, 0, 0, 0, 0}),
       ElementType::F64,
       payload_of({1.0, -2.5})},
  };
  for (const Case& test : cases) {
    const NumericArray array = parse(idx_of({2, 1}, test.big_endian, test.code));
    EXPECT_EQ(array.type, test.type) << test.name;
    EXPECT_EQ(array.shape, (Shape{2, 1})) << test.name;
    EXPECT_EQ(std::memcmp(array.bytes.data(), test.expected.data(), test.expected.size()), 0)
        << test.name;
    EXPECT_EQ(array.bytes.size(), test.expected.size()) << test.name;
  }
}

TEST(Idx, RefusesWhatIsNotWhole) {
  struct Case {
    std::string bytes;
    const char* message;
  };
  const std::vector<Case> cases = {
      {"", "it ends within its IDX header"},
      {bytes_of({0, 0, 8}), "it ends within its IDX header"},
      {bytes_of({0, 0, 8, 2, 0, 0, 0, 1}), "it ends within its IDX header"},
      {"GIF89a", "is not an IDX file"},
      {bytes_of({0, 0, 8, 0}), "is not an IDX file"},
      {bytes_of({0, 0, 10, 1, 0, 0, 0, 1, 0}), "its type byte is 0x0a"},
      {idx_of({20}, "ab"), "claims the shape (20), 20 bytes, and cannot hold more than 10"},
      {idx_of({3, 100}, std::string(299, 'x')), "it ends within its elements, 1 bytes too early"},
      {idx_of({3}, "abcd"), "it goes on after its last element"},
      {idx_of({3, 0}, ""), "is empty: its shape is (3, 0)"},
  };
  for (const Case& test : cases) {
    EXPECT_THAT(message_of([&] { (void)parse(test.bytes); }), HasSubstr(test.message));
  }
}

TEST(Idx, TakesNoMemoryOnAHeadersWord) {
  EXPECT_THAT(message_of([] { (void)parse(idx_of({0xffffffff, 0xffffffff, 0xffffffff}, "x")); }),
              HasSubstr("more than the 8589934592 bytes"));
  EXPECT_THAT(message_of([] { (void)parse(idx_of({0x7fffffff}, "x")); }),
              HasSubstr("cannot hold more than"));
}

}  // namespace
}  // namespace plumbline
