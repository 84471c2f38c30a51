#include "data/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "data/bytes.h"
#include "data/locate.h"
#include "data/small_set.h"
#include "tensor/safetensors.h"

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class DatasetTest : public testing::Test {
 protected:
  Dataset load() {
    small_.write(folder_.path());
    return load_known_set(small_.set, std::vector{folder_.path()});
  }

  TemporaryFolder folder_{std::filesystem::temp_directory_path(), "data-test-"};
  SmallSet small_;
};

TEST_F(DatasetTest, TheDigestIsThatOfTheDocumentedText) {
  const std::string expected = "train/images U8 (3, 1, 2, 1)\nabcdef" +
                               ("train/labels I64 (3)\n" + payload_of<std::int64_t>({0, 1, 1})) +
                               "test/images U8 (2, 1, 2, 1)\nghij" +
                               ("test/labels I64 (2)\n" + payload_of<std::int64_t>({1, 0}));
  EXPECT_EQ(load().digest, sha256_hex(expected));
}

TEST_F(DatasetTest, TheFirstImagesAreAnotherSet) {
  const Dataset whole = load();
  const Dataset two = take_first(whole, 2);
  EXPECT_EQ(two.train.images.shape(), (Shape{2, 1, 2, 1}));
  EXPECT_THAT(two.train.images.as<std::uint8_t>(), ElementsAre('a', 'b', 'c', 'd'));
  EXPECT_THAT(two.train.labels.as<std::int64_t>(), ElementsAre(0, 1));
  EXPECT_EQ(two.test.images.shape(), whole.test.images.shape());
  EXPECT_EQ(two.classes, whole.classes);
  EXPECT_NE(two.digest, whole.digest);
  EXPECT_EQ(two.digest, content_digest(two.train, two.test));
  EXPECT_EQ(take_first(whole, 3).digest, whole.digest);
}

TEST_F(DatasetTest, MoreImagesThanThereAreIsASentence) {
  const Dataset whole = load();
  EXPECT_EQ(message_of<UsageError>([&] { (void)take_first(whole, 4); }),
            "The study asks for 4 training images, but the data set 'small' has 3.");
  EXPECT_NE(message_of<UsageError>([&] { (void)take_first(whole, 0); }), "");
}

TEST_F(DatasetTest, ImagesTakeTheShapeOfTheNetworksInput) {
  const Dataset flat = shaped_for(load(), {2});
  EXPECT_EQ(flat.train.images.shape(), (Shape{3, 2}));
  EXPECT_EQ(flat.test.images.shape(), (Shape{2, 2}));
  EXPECT_THAT(flat.test.images.as<std::uint8_t>(), ElementsAre('g', 'h', 'i', 'j'));
  EXPECT_EQ(flat.digest, content_digest(flat.train, flat.test));
  EXPECT_EQ(shaped_for(flat, {1, 2, 1}).digest, load().digest);
  EXPECT_EQ(message_of<UsageError>([&] { (void)shaped_for(load(), {28, 28, 1}); }),
            "The network takes (28, 28, 1), but the images of the data set 'small' are (1, 2, 1).");
  EXPECT_NE(message_of<UsageError>([&] { (void)shaped_for(load(), {2, 1, 1}); }), "");
}

TEST_F(DatasetTest, ASplitIsWrittenAsTheProtocolSays) {
  const Dataset data = load();
  const std::filesystem::path path = folder_.path() / "train.safetensors";
  write_split(path, data.train);
  const SafetensorsFile file = read_safetensors(path);
  ASSERT_EQ(file.tensors.size(), 2U);
  EXPECT_EQ(file.tensors.at("images").shape(), (Shape{3, 1, 2, 1}));
  EXPECT_THAT(file.tensors.at("images").as<std::uint8_t>(),
              ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
  EXPECT_THAT(file.tensors.at("labels").as<std::int64_t>(), ElementsAre(0, 1, 1));
}

TEST_F(DatasetTest, AnUnknownNameWithoutAPathIsAMistakeOfUsage) {
  EXPECT_THAT(message_of<UsageError>([] { (void)load_dataset({"cifar", {}, ""}, {}); }),
              HasSubstr("There is no known data set 'cifar'."));
}

}  // namespace
}  // namespace plumbline
