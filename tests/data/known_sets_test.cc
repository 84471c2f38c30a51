#include "data/known_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "data/bytes.h"
#include "data/dataset.h"
#include "data/locate.h"

namespace plumbline {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::StartsWith;

void expect_balanced(const Split& split, std::int64_t images_a_class) {
  std::array<std::int64_t, 10> counts = {};
  for (const std::int64_t label : split.labels.as<std::int64_t>()) {
    ++counts.at(static_cast<std::size_t>(label));
  }
  EXPECT_THAT(counts, Each(images_a_class));
}

double mean_pixel(const Split& split) {
  const auto pixels = split.images.as<std::uint8_t>();
  return static_cast<double>(std::accumulate(pixels.begin(), pixels.end(), std::int64_t{0})) /
         static_cast<double>(pixels.size()) / 255;
}

TEST(KnownSets, AreAskedForByHttpsOnly) {
  for (const KnownSet& set : known_sets()) {
    EXPECT_FALSE(set.mirrors.empty());
    EXPECT_THAT(set.mirrors, Each(StartsWith("https://")));
    EXPECT_EQ(set.classes(), 10);
  }
}

TEST(KnownSets, AMisspeltNameGetsTheNearest) {
  EXPECT_EQ(message_of<UsageError>([] { (void)known_set("fasion-mnist"); }),
            "There is no known data set 'fasion-mnist'. Did you mean 'fashion-mnist'? Known are "
            "mnist and fashion-mnist; give "
            "data of your own with its path.");
}

TEST(KnownSets, FashionMnistOfItsDebianPackageIsRead) {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist")) {
    GTEST_SKIP() << "The Debian package dataset-fashion-mnist is not installed.";
  }
  const Dataset data = load_dataset({"fashion-mnist", {}, ""}, {});
  EXPECT_EQ(data.train.images.shape(), (Shape{60'000, 28, 28, 1}));
  EXPECT_EQ(data.test.images.shape(), (Shape{10'000, 28, 28, 1}));
  EXPECT_EQ(data.classes, 10);
  expect_balanced(data.train, 6'000);
  expect_balanced(data.test, 1'000);
  EXPECT_NEAR(
      mean_pixel(data.train), 0.2860, 5e-5);  // 0.2860 and 0.3530 are its usual normalisation
}

TEST(KnownSets, MnistIsReadWhereItIsThere) {
  if (std::getenv("PLUMBLINE_DATA_PATH") == nullptr) {
    GTEST_SKIP() << "PLUMBLINE_DATA_PATH is not set, so MNIST is not tested.";
  }
  const Dataset data = load_dataset({"mnist", {}, ""}, {});
  EXPECT_EQ(data.train.images.shape(), (Shape{60'000, 28, 28, 1}));
  EXPECT_EQ(data.test.images.shape(), (Shape{10'000, 28, 28, 1}));
  EXPECT_EQ(data.train.labels.as<std::int64_t>()[0], 5);  // the first digits of the files
  EXPECT_EQ(data.test.labels.as<std::int64_t>()[0], 7);
  EXPECT_NEAR(
      mean_pixel(data.train), 0.1307, 5e-5);  // 0.1307 and 0.3081 are its usual normalisation
}

// Both sets have files of the same names.
TEST(KnownSets, AnotherSetsFilesAreNotTakenForDamage) {
  const std::filesystem::path debian = "/usr/share/datasets/fashion-mnist";
  if (!std::filesystem::exists(debian)) {
    GTEST_SKIP() << "The Debian package dataset-fashion-mnist is not installed.";
  }
  const FolderContent content = inspect_folder(known_set("mnist"), debian);
  EXPECT_EQ(content.state, FolderState::OtherSet);
  EXPECT_TRUE(content.problems.empty());
}

}  // namespace
}  // namespace plumbline
