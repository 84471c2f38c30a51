#include <gtest/gtest.h>

#include <span>
#include <string>

#include "base/hash.h"
#include "draw/bounded_integer.h"
#include "draw/draw.h"
#include "draw/normal_quantile.h"
#include "draw/small_network.h"

namespace plumbline {
namespace {

// Digests of little-endian bits; all but the last test's are also what golden.py prints.
constexpr PhiloxKey kKey = {0x01234567, 0x89abcdef};

TEST(GoldenDraws, InitialWeightsKeepTheirBits) {
  const struct {
    InitialiserKind kind;
    const char* expected;
  } cases[] = {
      {InitialiserKind::Normal, "fbc88075d470d4f27c9fb7df84e0590ee3e491ebb91ffe5607a9aff3dc42d359"},
      {InitialiserKind::TruncatedNormal,
       "96b981f3e594932e2c3ce14811b52f1f377ac1fc1b1ee994bf9a60a616d131a7"},
      {InitialiserKind::GlorotUniform,
       "4dc094948cbe34a31162994a5e4ed7b9d2ec2a5962cc636f3e1cdea0227bb27b"},
      {InitialiserKind::GlorotNormal,
       "e387733ff81cc77408defa91fa39577ea079a6b3698cf768f601847529329e18"},
      {InitialiserKind::HeUniform,
       "c355c05bd8a5d8ffa9f51faf4736547167b11246c1c7f9662199e2e26a74fb5f"},
      {InitialiserKind::HeNormal,
       "e9a4dd471af58bb26451d00f2214ff9242628d4daeebb6d1109b9dc81abd99f9"},
      {InitialiserKind::LecunUniform,
       "038ce96c42311e96698398da18ca5f0ff2421393dd092bcc1fe6d0535b7be141"},
      {InitialiserKind::LecunNormal,
       "402fcd587b07612d75ddd707cabdacc24c381652779346d1637652fd0055f164"},

  };
  for (const auto& [kind, expected] : cases) {
    const Initialiser initialiser{.kind = kind, .mean = 0.25, .stddev = 0.1};
    const TensorMap weights = initial_weights(small_network(), recipe_with(initialiser), kKey);
    Sha256 digest;
    digest.update(weights.at("conv/kernel").bytes());
    digest.update(weights.at("dense/kernel").bytes());
    EXPECT_EQ(digest.hex_digest(), expected) << initialiser_name(kind);
  }
}

TEST(GoldenDraws, OrderOfAnEpochKeepsItsBits) {
  const std::vector<std::int64_t> order = epoch_order(Recipe{}, 1000, 3, kKey);
  Sha256 digest;
  digest.update(std::as_bytes(std::span(order)));
  EXPECT_EQ(digest.hex_digest(),
            "4b23569afe7636ec788c0badd2b9a7472e8e53cf449624fd419d2f8970765952");
}

// Of this range nearly half of all words are refused.
TEST(GoldenDraws, IntegersAfterRefusedWordsKeepTheirBits) {
  Sha256 digest;
  for (std::uint32_t position = 0; position < 1000; ++position) {
    const std::uint32_t value = bounded_integer((1U << 31) + 1, position, 3, kKey);
    digest.update(std::as_bytes(std::span(&value, 1)));
  }
  EXPECT_EQ(digest.hex_digest(),
            "4552a958ab0320fd00183d39c3c1738e1d6e06d7a58e1b2822bde8f0a1d38c66");
}

TEST(GoldenDraws, DropoutMaskKeepsItsBits) {
  Sha256 digest;
  digest.update(dropout_mask(small_network(), 3, 7, 5, kKey).bytes());
  EXPECT_EQ(digest.hex_digest(),
            "32540ec1ba58cd378f6636821cd955a2566716034c368bb6b7cf658f1b465e1f");
}

// In float64, where a rounding that differs by machine or compiler would show.
TEST(GoldenDraws, NormalQuantilesKeepTheirBits) {
  const RandomStream stream(kKey, StreamPurpose::InitialWeights, 0, 0);
  Sha256 digest;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    // From the centre, then from tails down to 2^-34.
    const double u =
        stream.uniform_f64(i) * (i % 2 == 0 ? 1.0 : 0x1p-34 + 0x1p-20 * stream.uniform_f64(i + 1));
    const double quantile = normal_quantile(u);
    digest.update(std::as_bytes(std::span(&quantile, 1)));
  }
  EXPECT_EQ(digest.hex_digest(),
            "0de4df0b60f6140447f838b6b16d06a390a3ac70cb907db821d4d9a6e6e811b3");
}

}  // namespace
}  // namespace plumbline
