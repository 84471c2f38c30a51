#include "engine/reference/arithmetic/float32.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

namespace plumbline::reference {
namespace {

float sum_of(const std::vector<float>& terms, const Float32Dialect& dialect) {
  auto sum = Float32(dialect).sum();
  for (const float x : terms) {
    sum.add(x);
  }
  return sum.total();
}

// 2^24 + 1 rounds back to 2^24, so what small terms come to depends on whom they meet first.
TEST(Float32, SumsInTheOrderOfItsDialect) {
  const std::vector<float> large_first = {0x1p24F, 1, 1, 1, 1, 1, 1, 1};
  const Float32Dialect two_lanes{.order = SummationOrder::Blocked, .lanes = 2};
  EXPECT_EQ(sum_of(large_first, {.order = SummationOrder::Sequential}), 0x1p24F);
  EXPECT_EQ(sum_of(large_first, {.order = SummationOrder::Reversed}),
            0x1p24F + 8);  // 7 + 2^24, to even
  EXPECT_EQ(sum_of(large_first, {.order = SummationOrder::Pairwise}), 0x1p24F + 6);
  EXPECT_EQ(sum_of(large_first, two_lanes), 0x1p24F + 4);
}

TEST(Float32, ShufflesByItsSeedAndRepeatsItself) {
  std::vector<float> terms(200);
  std::iota(terms.begin(), terms.end(), 1.1F);
  for (float& x : terms) {
    x = 1 / x;
  }
  std::set<float> sums;
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const Float32Dialect dialect{.order = SummationOrder::Shuffled, .seed = seed};
    EXPECT_EQ(sum_of(terms, dialect), sum_of(terms, dialect));
    sums.insert(sum_of(terms, dialect));
  }
  EXPECT_GT(sums.size(), 3U);
}

// (1 + 2^-12)^2 = 1 + 2^-11 + 2^-24 needs 25 bits: a product rounded by itself loses the last, a
// fused one keeps it.
TEST(Float32, FusesProductAndSumOnlyWhenAsked) {
  const float x = 1 + 0x1p-12F;
  for (const bool fused : {false, true}) {
    auto sum = Float32({.fused_multiply_add = fused}).sum();
    sum.add(-(1 + 0x1p-11F));
    sum.add_product(x, x);
    EXPECT_EQ(sum.total(), fused ? 0x1p-24F : 0.0F);
  }
}

TEST(Float32, CancelsInAOnePassVarianceOnly) {
  const std::vector<float> values = {4096, 4096.5F, 4097};
  const auto element = [&](std::int64_t i) { return values[static_cast<std::size_t>(i)]; };
  const double exact = 1.0 / 6;
  EXPECT_NEAR(Float32({}).variance(3, element, 4096.5F), exact, 1e-7);
  EXPECT_GT(std::abs(Float32({.one_pass_variance = true}).variance(3, element, 4096.5F) - exact),
            0.1);
}

}  // namespace
}  // namespace plumbline::reference
