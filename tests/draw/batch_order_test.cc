#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/error.h"
#include "draw/draw.h"

namespace plumbline {
namespace {

constexpr PhiloxKey kKey = {5, 6};

Recipe recipe_of(std::int64_t batch, bool shuffle, bool drop_last_batch) {
  Recipe recipe;
  recipe.batch = batch;
  recipe.shuffle = shuffle;
  recipe.drop_last_batch = drop_last_batch;
  return recipe;
}

TEST(EpochOrder, IsAPermutation) {
  for (const std::int64_t images : {0, 1, 2, 3, 10, 1000, 60'000}) {
    std::vector<std::int64_t> order = epoch_order(Recipe{}, images, 0, kKey);
    std::vector<std::int64_t> all(static_cast<std::size_t>(images));
    std::iota(all.begin(), all.end(), 0);
    EXPECT_EQ(order == all, images < 2) << images;
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, all) << images;
  }
}

TEST(EpochOrder, DiffersByEpochAndByKeyOnly) {
  const auto order = epoch_order(Recipe{}, 100, 1, kKey);
  EXPECT_EQ(order, epoch_order(Recipe{}, 100, 1, kKey));
  EXPECT_NE(order, epoch_order(Recipe{}, 100, 2, kKey));
  EXPECT_NE(order, epoch_order(Recipe{}, 100, 1, {5, 7}));
}

TEST(EpochOrder, WithoutShuffleIsTheFilesOrder) {
  const auto order = epoch_order(recipe_of(1, false, false), 5, 3, kKey);
  EXPECT_EQ(order, (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
}

TEST(EpochOrder, RefusesWhatAWordCannotNumber) {
  EXPECT_THROW((void)epoch_order(Recipe{}, std::int64_t{1} << 32, 0, kKey), Error);
  EXPECT_THROW((void)epoch_order(Recipe{}, -1, 0, kKey), Error);
  EXPECT_THROW((void)epoch_order(Recipe{}, 1, -1, kKey), Error);
}

// 24,000 epochs of four images: chi-squared over the 24 orders has mean 23 and sd sqrt(46).
TEST(EpochOrder, AllOrdersAreEquallyLikely) {
  constexpr int kEpochs = 24'000;
  std::map<std::vector<std::int64_t>, int> counts;
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    ++counts[epoch_order(Recipe{}, 4, epoch, kKey)];
  }
  ASSERT_EQ(counts.size(), 24U);
  const double expected = kEpochs / 24.0;
  double chi_squared = 0;
  for (const auto& [order, count] : counts) {
    chi_squared += (count - expected) * (count - expected) / expected;
  }
  EXPECT_NEAR(chi_squared, 23, 5 * std::sqrt(46.0));
}

std::vector<std::size_t> batch_sizes(const Recipe& recipe, std::int64_t images, int steps) {
  BatchOrder batches(recipe, images, kKey);
  std::vector<std::size_t> sizes;
  for (int step = 0; step < steps; ++step) {
    sizes.push_back(batches.next().size());
  }
  return sizes;
}

TEST(BatchOrder, LastBatchIsKeptOrDropped) {
  EXPECT_EQ(batch_sizes(recipe_of(4, true, false), 10, 5),
            (std::vector<std::size_t>{4, 4, 2, 4, 4}));
  EXPECT_EQ(batch_sizes(recipe_of(4, true, true), 10, 5),
            (std::vector<std::size_t>{4, 4, 4, 4, 4}));
  EXPECT_EQ(batch_sizes(recipe_of(5, true, false), 10, 3), (std::vector<std::size_t>{5, 5, 5}));
  EXPECT_EQ(batch_sizes(recipe_of(5, true, true), 10, 3), (std::vector<std::size_t>{5, 5, 5}));
  EXPECT_EQ(batch_sizes(recipe_of(20, true, false), 10, 2), (std::vector<std::size_t>{10, 10}));
}

TEST(BatchOrder, WalksTheOrderOfEachEpoch) {
  for (const bool drop : {false, true}) {
    const Recipe recipe = recipe_of(3, true, drop);
    BatchOrder batches(recipe, 10, kKey);
    for (std::int64_t epoch = 0; epoch < 4; ++epoch) {
      const auto order = epoch_order(recipe, 10, epoch, kKey);
      std::vector<std::int64_t> walked;
      for (std::int64_t step = 0; step < steps_per_epoch(recipe, 10); ++step) {
        const auto batch = batches.next();
        walked.insert(walked.end(), batch.begin(), batch.end());
      }
      EXPECT_EQ(walked.size(), drop ? 9U : 10U);
      EXPECT_TRUE(std::equal(walked.begin(), walked.end(), order.begin())) << epoch;
    }
  }
}

TEST(BatchOrder, WithoutABatchIsAUsageError) {
  EXPECT_THROW(BatchOrder(recipe_of(0, true, false), 10, kKey), UsageError);
  EXPECT_THROW(BatchOrder(recipe_of(4, true, false), 0, kKey), UsageError);
  EXPECT_THROW(BatchOrder(recipe_of(11, true, true), 10, kKey), UsageError);
}

}  // namespace
}  // namespace plumbline
