#include "data/assemble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "data/bytes.h"

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <typename T>
NumericArray array_of(ElementType type,
                      Shape shape,
                      std::initializer_list<T> values,
                      const char* name = "'a'") {
  const std::string bytes = payload_of(values);
  NumericArray array{type, std::move(shape), std::vector<std::byte>(bytes.size()), name};
  std::memcpy(array.bytes.data(), bytes.data(), bytes.size());
  return array;
}

NumericSplit good_split() {
  return {array_of<std::uint8_t>(ElementType::U8, {2, 1, 2}, {1, 2, 3, 4}, "'images'"),
          array_of<std::int64_t>(ElementType::I64, {2}, {0, 2}, "'labels'")};
}

Dataset assemble(const NumericSplit& train,
                 const NumericSplit& test,
                 std::optional<std::int64_t> classes = {}) {
  return assemble_dataset("mine", train, test, classes, {"file"});
}

TEST(Images, UnsignedBytesStayAndGetAChannel) {
  const Tensor images = images_from(good_split().images);
  EXPECT_EQ(images.dtype(), DType::U8);
  EXPECT_EQ(images.shape(), (Shape{2, 1, 2, 1}));
  EXPECT_THAT(images.as<std::uint8_t>(), ElementsAre(1, 2, 3, 4));
}

TEST(Images, AllElseBecomesFloat32) {
  const Tensor from_doubles = images_from(array_of(ElementType::F64, {1, 2}, {0.1, -3.0}));
  EXPECT_EQ(from_doubles.dtype(), DType::F32);
  EXPECT_EQ(from_doubles.shape(), (Shape{1, 2}));
  EXPECT_THAT(from_doubles.as<float>(), ElementsAre(0.1F, -3.0F));
  const Tensor from_ints =
      images_from(array_of<std::int16_t>(ElementType::I16, {1, 1, 1, 2}, {-7, 300}));
  EXPECT_EQ(from_ints.shape(), (Shape{1, 1, 1, 2}));
  EXPECT_THAT(from_ints.as<float>(), ElementsAre(-7.0F, 300.0F));
}

TEST(Images, NumbersThatAreNotFiniteAreToldWithTheirPlace) {
  const NumericArray nan =
      array_of(ElementType::F32, {2, 2, 2}, {0.F, 0.F, 0.F, 0.F, 0.F, 0.F, NAN, 0.F}, "'x.npy'");
  EXPECT_THAT(message_of([&] { (void)images_from(nan); }),
              HasSubstr("'x.npy': image 1 at (1, 0) is nan"));
  const NumericArray large = array_of(ElementType::F64, {1, 1}, {1e300});
  EXPECT_THAT(message_of([&] { (void)images_from(large); }),
              HasSubstr("image 0 at (0) is 1e+300, which is not a finite"));
}

TEST(Images, OtherRanksAreRefused) {
  for (const Shape& shape : {Shape{}, Shape{1}, Shape{1, 1, 1, 1, 1}}) {
    const NumericArray array = array_of<std::uint8_t>(ElementType::U8, shape, {1});
    EXPECT_THAT(message_of([&] { (void)images_from(array); }),
                HasSubstr("Images must be (n, height, width)"));
  }
}

TEST(Labels, WholeNumbersOfAnyTypeAreTaken) {
  EXPECT_THAT(labels_from(array_of<std::uint8_t>(ElementType::U8, {2}, {9, 0})).as<std::int64_t>(),
              ElementsAre(9, 0));
  EXPECT_THAT(labels_from(array_of(ElementType::F32, {2, 1}, {9.F, 0.F})).as<std::int64_t>(),
              ElementsAre(9, 0));
  EXPECT_THAT(
      labels_from(array_of<std::int32_t>(ElementType::I32, {1}, {999'999})).as<std::int64_t>(),
      ElementsAre(999'999));
}

TEST(Labels, OtherNumbersAndShapesAreRefused) {
  struct Case {
    NumericArray array;
    const char* message;
  };
  const std::vector<Case> cases = {
      {array_of(ElementType::F64, {2}, {1.0, 2.5}),
       "'a': label 1 is 2.5, which is not a whole number"},
      {array_of(ElementType::F32, {1}, {NAN}), "label 0 is nan"},
      {array_of<std::int8_t>(ElementType::I8, {1}, {-1}),
       "label 0 is -1. Labels must be whole numbers from 0 to 999999"},
      {array_of<std::uint64_t>(ElementType::U64, {1}, {std::numeric_limits<std::uint64_t>::max()}),
       "label 0 is 18446744"},
      {array_of<std::int64_t>(ElementType::I64, {1}, {1'000'000}), "label 0 is 1000000"},
      {array_of<std::uint8_t>(ElementType::U8, {1, 2}, {0, 1}),
       "If they are one-hot, store labels.argmax(axis=1)"},
      {array_of<std::uint8_t>(ElementType::U8, {}, {0}),
       "Labels must be one class number an image"},
  };
  for (const Case& test : cases) {
    EXPECT_THAT(message_of([&] { (void)labels_from(test.array); }), HasSubstr(test.message));
  }
}

TEST(Assemble, ClassesAreCountedOverBothSplits) {
  NumericSplit test = good_split();
  test.labels = array_of<std::int64_t>(ElementType::I64, {2}, {1, 6});
  EXPECT_EQ(assemble(good_split(), test).classes, 7);
  EXPECT_EQ(assemble(good_split(), good_split()).classes, 3);
  EXPECT_EQ(assemble(good_split(), good_split(), 10).classes, 10);
}

TEST(Assemble, PartsThatAreNotOneDataSetAreRefused) {
  NumericSplit more_images = good_split();
  more_images.images = array_of<std::uint8_t>(ElementType::U8, {3, 1, 1}, {1, 2, 3}, "'images'");
  EXPECT_EQ(message_of([&] { (void)assemble(more_images, good_split()); }),
            "'images' has 3 images, but 'labels' has 2 labels.");

  NumericSplit larger = good_split();
  larger.images = array_of<std::uint8_t>(ElementType::U8, {2, 1, 1}, {1, 2}, "'larger'");
  EXPECT_EQ(message_of([&] { (void)assemble(good_split(), larger); }),
            "Training and test images have different shapes: (1, 2, 1) in 'images', (1, 1, 1) in "
            "'larger'.");

  NumericSplit floats = good_split();
  floats.images = array_of(ElementType::F32, {2, 1, 2}, {1.F, 2.F, 3.F, 4.F}, "'floats'");
  EXPECT_EQ(
      message_of([&] { (void)assemble(good_split(), floats); }),
      "Training and test images have different types: uint8 in 'images', float32 in 'floats'.");

  NumericSplit one_class = good_split();
  one_class.labels = array_of<std::int64_t>(ElementType::I64, {2}, {0, 0});
  EXPECT_THAT(message_of([&] { (void)assemble(one_class, one_class); }),
              HasSubstr("at least two classes"));
  EXPECT_THAT(message_of([&] { (void)assemble(good_split(), good_split(), 2); }),
              HasSubstr("has 2 classes, but a label is 2"));
}

}  // namespace
}  // namespace plumbline
