#include "tensor/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>

#include "base/error.h"
#include "base/files.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

// A file: the header's length, the header, the bytes.
std::string file_of(const std::string& header, const std::string& data) {
  std::string prefix;
  for (std::size_t i = 0; i < 8; ++i) {
    prefix.push_back(static_cast<char>(header.size() >> (8 * i)));
  }
  return prefix + header + data;
}

SafetensorsFile parse(const std::string& bytes) {
  return parse_safetensors(std::as_bytes(std::span(bytes)), "x.safetensors");
}

std::string problem_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const EnvironmentError& error) {
    return error.what();
  }
  return {};
}

// What safetensors 0.8.0 for Python wrote: safetensors.numpy.save of the tensors below with the
// metadata {"format": "np"}.
const std::string kByReferenceWriter = file_of(
    R"({"__metadata__":{"format":"np"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
    R"("e":{"dtype":"F64","shape":[0,3],"data_offsets":[8,8]},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},)"
    R"("i":{"dtype":"I32","shape":[2],"data_offsets":[16,24]},"mask":{"dtype":"U8","shape":[3],"data_offsets":[24,27]},)"
    R"("flag":{"dtype":"BOOL","shape":[2],"data_offsets":[27,29]}}  )",
    std::string("\xf9\xff\xff\xff\xff\xff\xff\xff"
                "\x00\x00\xc0\x3f\x00\x00\x00\xc0"
                "\x01\x00\x00\x00\xff\xff\xff\xff"
                "\x01\x00\x01\x01\x00",
                29));

TEST(Safetensors, ReadsWhatTheReferenceWriterWrote) {
  const SafetensorsFile file = parse(kByReferenceWriter);
  EXPECT_EQ(file.metadata, (std::map<std::string, std::string>{{"format", "np"}}));
  ASSERT_EQ(file.tensors.size(), 6U);
  EXPECT_EQ(file.tensors.at("n").shape(), Shape{});
  EXPECT_EQ(file.tensors.at("n").as<std::int64_t>()[0], -7);
  EXPECT_EQ(file.tensors.at("e").shape(), (Shape{0, 3}));
  EXPECT_TRUE(file.tensors.at("e").as<double>().empty());
  EXPECT_EQ(file.tensors.at("w").shape(), (Shape{1, 2}));
  EXPECT_EQ(file.tensors.at("w").as<float>()[0], 1.5F);
  EXPECT_EQ(file.tensors.at("w").as<float>()[1], -2.0F);
  EXPECT_EQ(file.tensors.at("i").as<std::int32_t>()[1], -1);
  EXPECT_EQ(file.tensors.at("mask").as<std::uint8_t>()[2], 1);
  EXPECT_TRUE(file.tensors.at("flag").as<bool>()[0]);
  EXPECT_FALSE(file.tensors.at("flag").as<bool>()[1]);
}

TEST(Safetensors, EveryCutFileIsRefused) {
  for (std::size_t size = 0; size < kByReferenceWriter.size(); ++size) {
    EXPECT_NE(problem_of([&] { (void)parse(kByReferenceWriter.substr(0, size)); }), "") << size;
  }
  EXPECT_NE(problem_of([&] { (void)parse(kByReferenceWriter + "x"); }), "");
}

TEST(Safetensors, HeaderLengthIsCheckedBeforeMemoryIsTaken) {
  const std::string huge("\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10);
  EXPECT_THAT(problem_of([&] { (void)parse(huge); }),
              HasSubstr("beyond the format's limit of 100000000"));
  const std::string long_header("\x03\0\0\0\0\0\0\0{}", 10);
  EXPECT_THAT(problem_of([&] { (void)parse(long_header); }), HasSubstr("beyond the file's 10"));
}

TEST(Safetensors, ShapeIsCheckedBeforeMemoryIsTaken) {
  const std::string bytes =
      file_of(R"({"a":{"dtype":"F64","shape":[4000000000,4000],"data_offsets":[0,8]}})",
              std::string(8, '\0'));
  EXPECT_THAT(problem_of([&] { (void)parse(bytes); }), HasSubstr("does not fit its 8 bytes"));
}

TEST(Safetensors, BoolsOtherThanZeroAndOneAreRefused) {
  const std::string bytes =
      file_of(R"({"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}})", "\x01\x02");
  EXPECT_THAT(problem_of([&] { (void)parse(bytes); }), HasSubstr("other than 0 and 1"));
}

class SafetensorsFiles : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path path() const { return folder_.path() / "x.safetensors"; }

 private:
  TemporaryFolder folder_{fs::temp_directory_path(), "plumbline-tensor-"};
};

TEST_F(SafetensorsFiles, MessagesNameTheFileAndWhatToDo) {
  write_file(path(), "short");
  EXPECT_EQ(problem_of([&] { (void)read_safetensors(path()); }),
            "'" + path().string() +
                "' is not a safetensors file that can be used: it has 5 bytes, fewer than the 8 "
                "that every such file "
                "begins with. Write it again, or name another.");
  EXPECT_THAT(problem_of([] { (void)read_safetensors("/nonexistent"); }),
              AllOf(HasSubstr("'/nonexistent'"), HasSubstr("No such file")));
}

TEST_F(SafetensorsFiles, BytesAreAsTheFormatWantsThem) {
  TensorMap tensors;
  tensors["b/kernel"] = Tensor(DType::F32, {1, 2});
  tensors["b/kernel"].as<float>()[1] = 1;
  tensors["a"] = Tensor(DType::U8, {3});
  tensors["a"].as<std::uint8_t>()[2] = 7;
  write_safetensors(path(), tensors, {{"k", "v"}});
  const std::string header =
      R"({"__metadata__":{"k":"v"},"a":{"data_offsets":[0,3],"dtype":"U8","shape":[3]},)"
      R"("b/kernel":{"data_offsets":[3,11],"dtype":"F32","shape":[1,2]}}   )";
  EXPECT_EQ(header.size() % 8, 0U);
  EXPECT_EQ(read_file(path()), file_of(header, std::string("\0\0\x07\0\0\0\0\0\0\x80\x3f", 11)));
}

TEST_F(SafetensorsFiles, NoTensorsMakeASoundFile) {
  write_safetensors(path(), {});
  EXPECT_EQ(read_file(path()), file_of("{}      ", ""));
  EXPECT_TRUE(read_safetensors(path()).tensors.empty());
}

TEST_F(SafetensorsFiles, NamesThatCannotBeStoredAreRefused) {
  TensorMap reserved;
  reserved["__metadata__"] = Tensor(DType::U8, {1});
  EXPECT_THROW(write_safetensors(path(), reserved), Error);
  TensorMap broken;
  broken["\xff"] = Tensor(DType::U8, {1});
  EXPECT_THROW(write_safetensors(path(), broken), Error);
  EXPECT_FALSE(fs::exists(path()));
}

TensorMap random_tensors(std::mt19937& generator) {
  constexpr DType kTypes[] = {
      DType::Bool, DType::U8, DType::I32, DType::I64, DType::F32, DType::F64};
  TensorMap tensors;
  const std::size_t count = generator() % 6;
  for (std::size_t i = 0; i < count; ++i) {
    Shape shape(generator() % 4);
    for (std::int64_t& extent : shape) {
      extent = static_cast<std::int64_t>(generator() % 5);
    }
    const DType dtype = kTypes[generator() % std::size(kTypes)];
    Tensor tensor(dtype, shape);
    for (std::byte& byte : tensor.bytes()) {
      byte = static_cast<std::byte>(generator() % (dtype == DType::Bool ? 2 : 256));
    }
    tensors.emplace("tensor \"\\\n\u00e9 " + std::to_string(generator() % 1000), std::move(tensor));
  }
  return tensors;
}

TEST_F(SafetensorsFiles, AnyTensorsComeBackWithTheirBits) {
  std::mt19937 generator(20260101);
  for (int round = 0; round < 200; ++round) {
    const TensorMap tensors = random_tensors(generator);
    write_safetensors(path(), tensors);
    const TensorMap read = read_safetensors(path()).tensors;
    ASSERT_EQ(read.size(), tensors.size());
    for (const auto& [name, tensor] : tensors) {
      const Tensor& other = read.at(name);
      EXPECT_EQ(other.dtype(), tensor.dtype());
      EXPECT_EQ(other.shape(), tensor.shape());
      EXPECT_TRUE(std::ranges::equal(other.bytes(), tensor.bytes()));
    }
  }
}

}  // namespace
}  // namespace plumbline
