#include "tensor/tensor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/error.h"

namespace plumbline {
namespace {

TEST(Shape, CountsItsElements) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({0}), 0);
  EXPECT_EQ(element_count({28, 28, 3}), 2352);
  EXPECT_EQ(element_count({5, 0, 7}), 0);
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(element_count({kMost, 1}), kMost);
}

TEST(Shape, RefusesWhatCannotBeCounted) {
  const std::int64_t half = std::int64_t{1} << 32;
  EXPECT_THROW((void)element_count({half, half}), Error);
  EXPECT_THROW((void)element_count({3, -1}), Error);
}

TEST(Shape, IsWrittenLikeATuple) {
  EXPECT_EQ(to_string({28, 28, 1}), "(28, 28, 1)");
  EXPECT_EQ(to_string({10}), "(10)");
  EXPECT_EQ(to_string({}), "()");
}

TEST(Tensor, OwnsZeroedMemoryAlignedTo64Bytes) {
  for (const DType dtype :
       {DType::Bool, DType::U8, DType::I32, DType::I64, DType::F32, DType::F64}) {
    for (const std::int64_t size : {0, 1, 63, 64, 65, 1000}) {
      const Tensor tensor(dtype, {size});
      const auto bytes = tensor.bytes();
      EXPECT_EQ(bytes.size(), static_cast<std::size_t>(size) * size_in_bytes(dtype));
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes.data()) % 64, 0U);
      EXPECT_TRUE(
          std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; }));
    }
  }
}

TEST(Tensor, WithoutArgumentsIsEmpty) {
  const Tensor tensor;
  EXPECT_EQ(tensor.size(), 0);
  EXPECT_TRUE(tensor.bytes().empty());
  EXPECT_TRUE(tensor.as<float>().empty());
}

TEST(Tensor, ScalarHasOneElement) {
  Tensor tensor(DType::I64, {});
  tensor.as<std::int64_t>()[0] = -7;
  EXPECT_EQ(tensor.size(), 1);
  EXPECT_EQ(tensor.as<std::int64_t>().size(), 1U);
}

TEST(Tensor, IsAValue) {
  Tensor first(DType::F32, {2, 2});
  first.as<float>()[3] = 5;
  Tensor second = first;
  second.as<float>()[3] = 6;
  EXPECT_EQ(first.as<float>()[3], 5);
  EXPECT_EQ(second.shape(), (Shape{2, 2}));
}

TEST(Tensor, IsReadOnlyAsWhatItIs) {
  Tensor tensor(DType::F32, {2});
  EXPECT_THROW((void)tensor.as<double>(), Error);
  EXPECT_THROW((void)tensor.as<std::int32_t>(), Error);
  try {
    (void)std::as_const(tensor).as<std::uint8_t>();
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "A tensor of dtype F32 and shape (2) was used as U8.");
  }
}

TEST(Tensor, LargerThanMemoryIsRefused) {
  EXPECT_THROW(Tensor(DType::F64, {std::int64_t{1} << 62}), Error);
}

}  // namespace
}  // namespace plumbline
