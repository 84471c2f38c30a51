#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/bytes.h"
#include "data/dataset.h"
#include "data/format/npz.h"
#include "data/numpy_fixtures.h"

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class OwnData : public testing::Test {
 protected:
  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
  Dataset load(const std::filesystem::path& where, const std::string& label_column = "") const {
    return load_dataset({"mine", where, label_column}, {});
  }
  std::string problem(const std::filesystem::path& where) const {
    return message_of([&] { (void)load(where); });
  }
  void write_four_idx(const std::string& suffix) const {
    const auto form = [&](const std::string& bytes) {
      return suffix.empty() ? bytes : gzip_of(bytes);
    };
    write_bytes(path("train-images-idx3-ubyte" + suffix), form(idx_of({3, 1, 2}, "abcdef")));
    write_bytes(path("train-labels-idx1-ubyte" + suffix), form(idx_of({3}, bytes_of({0, 4, 1}))));
    write_bytes(path("t10k-images-idx3-ubyte" + suffix), form(idx_of({1, 1, 2}, "gh")));
    write_bytes(path("t10k-labels-idx1-ubyte" + suffix), form(idx_of({1}, bytes_of({2}))));
  }

  TemporaryFolder folder_{std::filesystem::temp_directory_path(), "data-test-"};
};

TEST_F(OwnData, FourIdxFilesAreASet) {
  write_four_idx("");
  const Dataset data = load(folder_.path());
  EXPECT_EQ(data.name, "mine");
  EXPECT_EQ(data.train.images.shape(), (Shape{3, 1, 2, 1}));
  EXPECT_THAT(data.train.images.as<std::uint8_t>(), ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
  EXPECT_THAT(data.train.labels.as<std::int64_t>(), ElementsAre(0, 4, 1));
  EXPECT_THAT(data.test.images.as<std::uint8_t>(), ElementsAre('g', 'h'));
  EXPECT_THAT(data.test.labels.as<std::int64_t>(), ElementsAre(2));
  EXPECT_EQ(data.classes, 5);
  EXPECT_EQ(data.files.size(), 4U);
}

TEST_F(OwnData, CompressionChangesNothingInTheDigest) {
  write_four_idx(".gz");
  const Dataset compressed = load(folder_.path());
  EXPECT_THAT(compressed.files[0].string(), HasSubstr(".gz"));
  write_four_idx("");
  const Dataset plain = load(folder_.path());
  EXPECT_EQ(plain.files[0].extension(), "");
  EXPECT_EQ(plain.digest, compressed.digest);
}

TEST_F(OwnData, NpzFilesOfNumpyAreASet) {
  for (const char* fixture : {kNpzStored, kNpzDeflated}) {
    write_bytes(path("set.npz"), from_hex(fixture));
    const Dataset data = load(path("set.npz"));
    EXPECT_EQ(data.train.images.shape(), (Shape{3, 2, 2, 1}));
    EXPECT_THAT(data.train.images.as<std::uint8_t>(),
                ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    EXPECT_THAT(data.train.labels.as<std::int64_t>(), ElementsAre(0, 2, 1));
    EXPECT_THAT(data.test.images.as<std::uint8_t>(),
                ElementsAre(100, 101, 102, 103, 104, 105, 106, 107));
    EXPECT_THAT(data.test.labels.as<std::int64_t>(), ElementsAre(1, 0));
    EXPECT_EQ(data.classes, 3);
  }
}

TEST_F(OwnData, ADamagedNpzIsASentence) {
  const std::string good = from_hex(kNpzDeflated);
  write_bytes(path("cut.npz"), good.substr(0, good.size() / 2));
  EXPECT_THAT(problem(path("cut.npz")), HasSubstr("cannot be read as a .npz file"));
  std::string flipped = from_hex(kNpzStored);
  const std::size_t element = flipped.find(bytes_of({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  ASSERT_NE(element, std::string::npos);
  flipped[element + 5] = 77;
  write_bytes(path("flipped.npz"), flipped);
  EXPECT_THAT(problem(path("flipped.npz")), HasSubstr("x_train is damaged: CRC error"));
}

// Times and attributes may change without harm; nothing may come out wrong.
TEST_F(OwnData, EveryChangedByteOfAnNpzIsHarmlessOrRefused) {
  const std::string good = from_hex(kNpzDeflated);
  write_bytes(path("set.npz"), good);
  const std::string digest = load(path("set.npz")).digest;
  int refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bytes = good;
    bytes[at] = static_cast<char>(bytes[at] ^ 0xff);
    write_bytes(path("set.npz"), bytes);
    refused += message_of([&] { EXPECT_EQ(load(path("set.npz")).digest, digest); }).empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 300);  // the compressed bytes alone are 311
}

TEST_F(OwnData, AnNpzWithoutAnArrayNamesThoseItHas) {
  std::string bytes = from_hex(kNpzStored);
  for (std::size_t at = bytes.find("x_test"); at != std::string::npos; at = bytes.find("x_test")) {
    bytes.replace(at, 6, "x_tost");
  }
  write_bytes(path("set.npz"), bytes);
  EXPECT_THAT(problem(path("set.npz")),
              HasSubstr("has no array 'x_test'; it has x_train, y_train, x_tost and y_test."));
}

TEST_F(OwnData, FourNpyFilesAreASet) {
  const auto header = [](const char* type, const char* shape) {
    return fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", type, shape);
  };
  write_bytes(path("x_train.npy"),
              npy_of(header("<f4", "(2, 2)"), payload_of({.5F, 1.F, 2.F, 3.F})));
  write_bytes(path("y_train.npy"),
              npy_of(header("<i4", "(2, 1)"), payload_of<std::int32_t>({1, 0})));
  write_bytes(path("x_test.npy"), npy_of(header("<f4", "(1, 2)"), payload_of({4.F, 5.F})));
  write_bytes(path("y_test.npy"), npy_of(header("<f8", "(1,)"), payload_of({1.0})));
  const Dataset data = load(folder_.path());
  EXPECT_THAT(data.train.images.as<float>(), ElementsAre(.5F, 1, 2, 3));
  EXPECT_THAT(data.train.labels.as<std::int64_t>(), ElementsAre(1, 0));
  EXPECT_THAT(data.test.labels.as<std::int64_t>(), ElementsAre(1));
  EXPECT_EQ(data.classes, 2);
}

TEST_F(OwnData, TwoCsvFilesAreASet) {
  write_bytes(path("train.csv"), "a,class,b\n1,0,2\n3,1,4\n");
  write_bytes(path("test.csv.gz"), gzip_of("a,class,b\n5,1,6\n"));
  const Dataset data = load(folder_.path(), "class");
  EXPECT_EQ(data.train.images.shape(), (Shape{2, 2}));
  EXPECT_THAT(data.train.images.as<float>(), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(data.test.images.as<float>(), ElementsAre(5, 6));
  EXPECT_THAT(data.test.labels.as<std::int64_t>(), ElementsAre(1));

  write_bytes(path("test.csv.gz"), gzip_of("b,class,a\n5,1,6\n"));
  EXPECT_THAT(message_of([&] { (void)load(folder_.path(), "class"); }),
              HasSubstr("the same columns in the same order"));
}

TEST_F(OwnData, WhatIsNoSetIsASentenceThatSaysWhatIsTaken) {
  EXPECT_THAT(problem(path("nowhere")),
              HasSubstr("nowhere', cannot be read: No such file or directory."));
  EXPECT_THAT(problem(folder_.path()),
              HasSubstr("has no data that is known. Own data is a .npz file with"));
  write_bytes(path("pictures.zip"), "PK");
  EXPECT_THAT(problem(path("pictures.zip")), HasSubstr("is not data that is known. Own data is"));
  write_bytes(path("text.npz"), "no archive");
  EXPECT_THAT(problem(path("text.npz")),
              HasSubstr("text.npz' cannot be read as a .npz file: Not a zip archive."));
}

TEST_F(OwnData, APartOfASetAndTwoSetsInOneFolderAreRefused) {
  write_four_idx("");
  std::filesystem::remove(path("t10k-labels-idx1-ubyte"));
  EXPECT_THAT(problem(folder_.path()),
              HasSubstr("has IDX files but lacks t10k-labels-idx1-ubyte."));
  write_bytes(path("train.csv"), "1,2\n");
  EXPECT_THAT(problem(folder_.path()), HasSubstr("has both IDX and CSV files"));
}

TEST_F(OwnData, ALabelColumnIsForCsvOnly) {
  write_four_idx("");
  EXPECT_THAT(message_of<UsageError>([&] { (void)load(folder_.path(), "class"); }),
              HasSubstr("is not CSV"));
}

}  // namespace
}  // namespace plumbline
