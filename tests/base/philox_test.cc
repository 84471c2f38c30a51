#include "base/philox.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

// Random123's tests/kat_vectors, philox4x32 with 10 rounds.
TEST(Philox, AgreesWithTheKnownAnswersOfRandom123) {
  const struct {
    PhiloxCounter counter;
    PhiloxKey key;
    PhiloxCounter expected;
  } cases[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const auto& [counter, key, expected] : cases) {
    EXPECT_EQ(philox4x32_10(counter, key), expected);
  }
}

TEST(RandomStream, WordIsTheLaneOfItsBlock) {
  const PhiloxKey key = {11, 12};
  const RandomStream stream(key, StreamPurpose::DropoutMask, 5, 9);
  for (const std::uint64_t index :
       {std::uint64_t{0}, std::uint64_t{7}, (std::uint64_t{1} << 34) - 1}) {
    const PhiloxCounter block =
        philox4x32_10({static_cast<std::uint32_t>(index / 4), 5, 9, 3}, key);
    EXPECT_EQ(stream.word(index), block[index % 4]) << index;
    EXPECT_EQ(stream.block(static_cast<std::uint32_t>(index / 4)), block);
  }
}

TEST(RandomStream, NumbersOfThePurposesAreFrozen) {
  EXPECT_EQ(static_cast<int>(StreamPurpose::InitialWeights), 1);
  EXPECT_EQ(static_cast<int>(StreamPurpose::BatchOrder), 2);
  EXPECT_EQ(static_cast<int>(StreamPurpose::DropoutMask), 3);
}

TEST(RandomStream, StreamsDifferInEachPartOfTheirName) {
  const RandomStream stream({1, 2}, StreamPurpose::BatchOrder, 3, 4);
  EXPECT_NE(stream.block(0), RandomStream({0, 2}, StreamPurpose::BatchOrder, 3, 4).block(0));
  EXPECT_NE(stream.block(0), RandomStream({1, 0}, StreamPurpose::BatchOrder, 3, 4).block(0));
  EXPECT_NE(stream.block(0), RandomStream({1, 2}, StreamPurpose::DropoutMask, 3, 4).block(0));
  EXPECT_NE(stream.block(0), RandomStream({1, 2}, StreamPurpose::BatchOrder, 0, 4).block(0));
  EXPECT_NE(stream.block(0), RandomStream({1, 2}, StreamPurpose::BatchOrder, 3, 0).block(0));
}

TEST(RandomStream, UniformF32HasTheUpper24Bits) {
  const RandomStream stream({1, 2}, StreamPurpose::InitialWeights, 0, 0);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const float u = stream.uniform_f32(i);
    EXPECT_EQ(static_cast<double>(u) * 16777216.0, static_cast<double>(stream.word(i) >> 8));
    EXPECT_LT(u, 1.0F);
  }
}

TEST(RandomStream, UniformF64LiesInsideTheUnitIntervalAndIsSymmetric) {
  EXPECT_EQ(uniform_f64_of(0, 0), 0x1p-53);
  EXPECT_EQ(uniform_f64_of(0xffffffff, 0xffffffff), 1 - 0x1p-53);
  EXPECT_EQ(uniform_f64_of(0x80000000, 0), 0.5 + 0x1p-53);
  EXPECT_EQ(uniform_f64_of(0x12345678, 0x9abcdef0) + uniform_f64_of(~0x12345678U, ~0x9abcdef0U),
            1.0);
  const RandomStream stream({1, 2}, StreamPurpose::InitialWeights, 0, 0);
  for (std::uint64_t i = 0; i < 100; ++i) {
    EXPECT_EQ(stream.uniform_f64(i), uniform_f64_of(stream.word(2 * i), stream.word(2 * i + 1)));
  }
}

// Python: hashlib.sha256(b"v1|quickstart|7").digest()[:8], as two little-endian words.
TEST(StreamKey, IsTheBeginningOfTheDigest) {
  EXPECT_EQ(stream_key("quickstart", 7), (PhiloxKey{0xde9c496c, 0x2dfbdb13}));
  EXPECT_EQ(stream_key("", 18446744073709551615U), (PhiloxKey{0x474d3e7e, 0x5aa4f09a}));
  EXPECT_NE(stream_key("quickstart", 8), stream_key("quickstart", 7));
}

}  // namespace
}  // namespace plumbline
