#include "data/format/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "data/bytes.h"
#include "data/format/npy_header.h"
#include "data/numpy_fixtures.h"

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

NumericArray parse(std::string_view bytes) {
  MemoryReader reader = reader_of(bytes);
  return read_npy(reader);
}

template <typename T>
std::vector<T> elements(const NumericArray& array) {
  std::vector<T> values(array.bytes.size() / sizeof(T));
  std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
  return values;
}

constexpr const char* kHeader = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";

TEST(Npy, ReadsWhatNumpyWrites) {
  const NumericArray floats = parse(from_hex(kNpyF4));
  EXPECT_EQ(floats.type, ElementType::F32);
  EXPECT_EQ(floats.shape, (Shape{2, 3}));
  EXPECT_THAT(elements<float>(floats), ElementsAre(0, 4, 8, 12, 16, 20));

  const NumericArray big_endian = parse(from_hex(kNpyBigEndianI4V2));
  EXPECT_EQ(big_endian.type, ElementType::I32);
  EXPECT_EQ(big_endian.shape, (Shape{3, 4}));
  EXPECT_THAT(elements<std::int32_t>(big_endian),
              ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));

  const NumericArray bytes = parse(from_hex(kNpyU1V3));
  EXPECT_EQ(bytes.type, ElementType::U8);
  EXPECT_THAT(elements<std::uint8_t>(bytes), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
}

TEST(Npy, TurnsFortranOrderIntoRowMajor) {
  const NumericArray array = parse(from_hex(kNpyFortranI2));
  EXPECT_EQ(array.type, ElementType::I16);
  EXPECT_EQ(array.shape, (Shape{2, 3, 4}));
  const std::vector<std::int16_t> values = elements<std::int16_t>(array);
  ASSERT_EQ(values.size(), 24U);
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(values[i], static_cast<std::int16_t>(i));
  }
}

TEST(Npy, HalvesBecomeTheFloatsTheyAre) {
  const NumericArray array = parse(from_hex(kNpyF2));
  EXPECT_EQ(array.type, ElementType::F32);
  // 6e-8 is nearest to the smallest subnormal, 2^-24; 0.1 to 0x2e66 = 1638 * 2^-14.
  EXPECT_THAT(elements<float>(array),
              ElementsAre(1.5F, -2.0F, 65504.0F, std::ldexp(1.0F, -24), 1638.0F / 16384.0F));
  const std::string header = "{'descr': '<f2', 'fortran_order': False, 'shape': (2,)}";
  const std::vector<float> special =
      elements<float>(parse(npy_of(header, bytes_of({0, 0xfc, 1, 0x7c}))));
  EXPECT_EQ(special[0], -INFINITY);
  EXPECT_TRUE(std::isnan(special[1]));
}

TEST(Npy, BooleansAreBytes) {
  const NumericArray array =
      parse(npy_of("{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}", bytes_of({1, 0, 1})));
  EXPECT_EQ(array.type, ElementType::U8);
  EXPECT_THAT(elements<std::uint8_t>(array), ElementsAre(1, 0, 1));
}

TEST(NpyHeaderText, KeysMayComeInAnyOrderAndSpacing) {
  const NpyHeader header =
      parse_npy_header("{\"shape\":(3,4),'fortran_order' : True,'descr':'>u8'}  \n", "x");
  EXPECT_EQ(header.shape, (Shape{3, 4}));
  EXPECT_TRUE(header.fortran_order);
  EXPECT_EQ(header.byte_order, '>');
  EXPECT_EQ(header.kind, 'u');
  EXPECT_EQ(header.width, 8);
}

TEST(NpyHeaderText, RefusesWhatNumpyWouldNotWrite) {
  struct Case {
    const char* text;
    const char* message;
  };
  const std::vector<Case> cases = {
      {"", "there is no '{'"},
      {"{}", "not a dictionary of descr, fortran_order and shape"},
      {"{'descr': '<f4', 'shape': (2,)}", "not a dictionary of"},
      {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "repeated key"},
      {"{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", "neither True nor False"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", "not a tuple of whole numbers"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
       "not a tuple of whole numbers"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} os.system('x')",
       "not a dictionary of"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2", "there is no ')'"},
      {"{'descr': '<f4", "a string does not end"},
      {"{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", "has the type '|O'"},
      {"{'descr': '<c8', 'fortran_order': False, 'shape': (2,)}", "has the type '<c8'"},
      {"{'descr': '<U4', 'fortran_order': False, 'shape': (2,)}", "has the type '<U4'"},
      {"{'descr': '|f4', 'fortran_order': False, 'shape': (2,)}", "has the type '|f4'"},
      {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", "has a structured type"},
  };
  for (const Case& test : cases) {
    EXPECT_THAT(message_of([&] { (void)parse_npy_header(test.text, "'x'"); }),
                HasSubstr(test.message))
        << test.text;
  }
}

TEST(Npy, RefusesWhatIsNotWhole) {
  const std::string good = npy_of(kHeader, payload_of({1.0F, 2.0F}));
  EXPECT_THAT(elements<float>(parse(good)), ElementsAre(1, 2));
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_NE(message_of([&] { (void)parse(good.substr(0, length)); }), "") << length;
  }
  EXPECT_THAT(message_of([&] { (void)parse(good + "x"); }),
              HasSubstr("goes on after its last element"));
  EXPECT_THAT(message_of([] { (void)parse("PK\x03\x04 and more"); }),
              HasSubstr("is not a .npy file"));
  EXPECT_THAT(message_of([] { (void)parse("\x93NUMPY" + bytes_of({4, 0, 0, 0})); }),
              HasSubstr("version 4"));
  EXPECT_THAT(message_of([] { (void)parse("\x93NUMPY" + bytes_of({2, 0, 255, 255, 255, 255})); }),
              HasSubstr("claims 4294967295 bytes"));
}

TEST(Npy, TakesNoMemoryOnAHeadersWord) {
  const auto claim = [](const std::string& shape) {
    return message_of([&] {
      (void)parse(
          npy_of("{'descr': '<f8', 'fortran_order': True, 'shape': " + shape + "}", "12345678"));
    });
  };
  EXPECT_THAT(claim("(9223372036854775807, 9223372036854775807)"),
              HasSubstr("more than the 8589934592 bytes"));
  EXPECT_THAT(claim("(1073741824,)"), HasSubstr("cannot hold more than"));
  EXPECT_THAT(claim("(4294967296, 4294967296, 0)"), HasSubstr("more than the 8589934592 bytes"));
  EXPECT_THAT(claim("(0, 4294967296)"), HasSubstr("is empty"));
}

// Whatever a byte is changed to: an array or a sentence, and no error of memory (run under the
// sanitizers too).
TEST(Npy, EveryChangedByteIsReadOrRefused) {
  const std::string good = from_hex(kNpyFortranI2);
  int refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int value : std::initializer_list<int>{0, 1, 40, 57, 44, 0x7f, 0xff}) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(value);
      refused += message_of([&] { (void)parse(bytes); }).empty() ? 0 : 1;
    }
  }
  EXPECT_GT(refused, 400);  // most of the 128 bytes of the header are structure or padding
}

}  // namespace
}  // namespace plumbline
