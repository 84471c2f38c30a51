#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "draw/draw.h"
#include "draw/small_network.h"

namespace plumbline {
namespace {

constexpr PhiloxKey kKey = {7, 8};
constexpr std::size_t kLayer = 3;

Network network_of_rate(double rate) {
  Network network = small_network();
  network.layers[kLayer].operation = Dropout{.rate = rate};
  return network;
}

std::vector<std::uint8_t> mask_of(const Network& network,
                                  std::int64_t batch,
                                  std::int64_t step,
                                  PhiloxKey key) {
  const Tensor mask = dropout_mask(network, kLayer, batch, step, key);
  const auto elements = mask.as<std::uint8_t>();
  return {elements.begin(), elements.end()};
}

TEST(DropoutMask, HasTheShapeOfTheLayersOutput) {
  const Tensor mask = dropout_mask(small_network(), kLayer, 7, 0, kKey);
  EXPECT_EQ(mask.dtype(), DType::U8);
  EXPECT_EQ(mask.shape(), (Shape{7, 144}));
}

TEST(DropoutMask, OfAllLayersAreThoseOfEach) {
  const Network network = small_network();
  const TensorMap masks = dropout_masks(network, 7, 2, kKey);
  ASSERT_EQ(masks.size(), 1U);
  const auto all = masks.at(network.layers[kLayer].name).as<std::uint8_t>();
  EXPECT_EQ(std::vector<std::uint8_t>(all.begin(), all.end()), mask_of(network, 7, 2, kKey));
}

TEST(DropoutMask, ElementIsKeptWhereItsWordIsBelowTheThreshold) {
  const RandomStream stream(kKey, StreamPurpose::DropoutMask, kLayer, 9);
  const auto mask = mask_of(small_network(), 3, 9, kKey);
  const double threshold = std::floor(0.7 * 4294967296.0);
  for (std::size_t e = mask.size(); e-- > 0;) {
    ASSERT_EQ(mask[e], stream.word(e) < threshold ? 1 : 0) << e;
  }
}

TEST(DropoutMask, WordAtTheThresholdIsDropped) {
  const std::uint32_t word = RandomStream(kKey, StreamPurpose::DropoutMask, kLayer, 0).word(0);
  const double share = word * 0x1p-32;
  EXPECT_EQ(mask_of(network_of_rate(1 - share), 1, 0, kKey)[0], 0);
  EXPECT_EQ(mask_of(network_of_rate(1 - share - 0x1p-32), 1, 0, kKey)[0], 1);
}

TEST(DropoutMask, SmallerBatchHasTheBeginningOfTheLarger) {
  const auto large = mask_of(small_network(), 7, 2, kKey);
  const auto small = mask_of(small_network(), 5, 2, kKey);
  EXPECT_TRUE(std::equal(small.begin(), small.end(), large.begin()));
}

// Binomial: sd sqrt(n rate (1 - rate)), five of them.
TEST(DropoutMask, KeepsTheShareThatTheRateLeaves) {
  const double n = 1000 * 144;
  for (const double rate : {0.1, 0.25, 0.5, 0.9}) {
    const auto mask = mask_of(network_of_rate(rate), 1000, 0, kKey);
    const double kept = std::accumulate(mask.begin(), mask.end(), 0.0);
    EXPECT_NEAR(kept, n * (1 - rate), 5 * std::sqrt(n * rate * (1 - rate))) << rate;
  }
}

TEST(DropoutMask, RateZeroKeepsAll) {
  const auto mask = mask_of(network_of_rate(0), 1000, 0, kKey);
  EXPECT_EQ(std::count(mask.begin(), mask.end(), 1), static_cast<std::ptrdiff_t>(mask.size()));
}

// Two independent masks of rate 1/2 agree in n/2 places, sd sqrt(n) / 2.
TEST(DropoutMask, StepsAndKeysAreIndependent) {
  const Network network = network_of_rate(0.5);
  const auto mask = mask_of(network, 100, 0, kKey);
  for (const auto& other : {mask_of(network, 100, 1, kKey), mask_of(network, 100, 0, {7, 9})}) {
    double agreements = 0;
    for (std::size_t e = 0; e < mask.size(); ++e) {
      agreements += mask[e] == other[e] ? 1 : 0;
    }
    EXPECT_NEAR(agreements, 7200, 5 * std::sqrt(14400.0) / 2);
  }
}

TEST(DropoutMask, IsForDropoutLayersAndCountableSteps) {
  EXPECT_THROW((void)dropout_mask(small_network(), 0, 1, 0, kKey), Error);
  EXPECT_THROW((void)dropout_mask(small_network(), kLayer, 1, -1, kKey), Error);
  EXPECT_THROW((void)dropout_mask(small_network(), kLayer, 1, std::int64_t{1} << 32, kKey), Error);
}

}  // namespace
}  // namespace plumbline
