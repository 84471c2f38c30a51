#include "tensor/safetensors_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline {
namespace {

// The reason why a header is refused, or the empty string.
std::string problem_of(const std::string& json, std::uint64_t data_bytes) {
  try {
    (void)parse_safetensors_header(json, data_bytes);
  } catch (const UnsoundFile& unsound) {
    return unsound.what();
  }
  return {};
}

std::string entry(const std::string& name,
                  const std::string& dtype,
                  const std::string& shape,
                  const std::string& offsets) {
  return "\"" + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" +
         offsets + "}";
}

TEST(SafetensorsHeader, EntriesComeInTheOrderOfTheirBytes) {
  const auto header = parse_safetensors_header(
      "{" + entry("a", "U8", "[2]", "[8,10]") + "," + entry("b", "F32", "[1,2]", "[0,8]") + "," +
          entry("c", "F64", "[0]", "[8,8]") + R"(,"__metadata__":{"x":"y"}}  )",
      10);
  ASSERT_EQ(header.entries.size(), 3U);
  EXPECT_EQ(header.entries[0].name, "b");
  EXPECT_EQ(header.entries[0].dtype, DType::F32);
  EXPECT_EQ(header.entries[0].shape, (Shape{1, 2}));
  EXPECT_EQ(header.entries[1].name, "c");
  EXPECT_EQ(header.entries[2].name, "a");
  EXPECT_EQ(header.entries[2].begin, 8U);
  EXPECT_EQ(header.entries[2].end, 10U);
  EXPECT_EQ(header.metadata.at("x"), "y");
}

TEST(SafetensorsHeader, NoTensorsIsSound) {
  EXPECT_EQ(problem_of("{}", 0), "");
  EXPECT_EQ(problem_of(R"({"__metadata__":{}})", 0), "");
}

TEST(SafetensorsHeader, RangesMustTileTheBytes) {
  const std::string first = entry("a", "U8", "[4]", "[0,4]");
  const struct {
    const char* what;
    std::string second;
    const char* problem;
  } cases[] = {
      {"sound", entry("b", "U8", "[4]", "[4,8]"), ""},
      {"hole", entry("b", "U8", "[3]", "[5,8]"), "should start at 4"},
      {"overlap", entry("b", "U8", "[5]", "[3,8]"), "should start at 4"},
      {"the same range", entry("b", "U8", "[4]", "[0,4]"), "should start at 4"},
      {"inside", entry("b", "U8", "[2]", "[1,3]"), "should start at 4"},
      {"backwards", entry("b", "U8", "[4]", "[8,4]"), "should start at 4"},
      {"beyond the end", entry("b", "U8", "[5]", "[4,9]"), "end by 8"},
      {"short of the end", entry("b", "U8", "[3]", "[4,7]"), "take 7 bytes, but 8 follow"},
      {"far beyond", entry("b", "U8", "[4]", "[4,18446744073709551615]"), "end by 8"},
  };
  for (const auto& [what, second, problem] : cases) {
    EXPECT_THAT(problem_of("{" + first + "," + second + "}", 8), ::testing::HasSubstr(problem))
        << what;
  }
  EXPECT_EQ(problem_of("{" + first + "," + cases[0].second + "}", 8), "");
}

TEST(SafetensorsHeader, ShapeAndDtypeMustFitTheRange) {
  const char* const misfits[] = {"[2]",
                                 "[4]",
                                 "[0]",
                                 "[3,1,1,2]",
                                 "[9223372036854775807,4]",
                                 "[4611686018427387905]",
                                 "[4294967296,1073741825]",
                                 "[2147483648,2147483648,4]"};
  for (const char* shape : misfits) {
    EXPECT_THAT(problem_of("{" + entry("a", "F32", shape, "[0,4]") + "}", 4),
                ::testing::HasSubstr("does not fit its 4 bytes"))
        << shape;
  }
  EXPECT_EQ(problem_of("{" + entry("a", "F32", "[1,1]", "[0,4]") + "}", 4), "");
  EXPECT_EQ(problem_of("{" + entry("a", "F32", "[]", "[0,4]") + "}", 4), "");
}

TEST(SafetensorsHeader, RefusesWhateverIsNotOfTheFormat) {
  const std::string sound = entry("a", "U8", "[1]", "[0,1]");
  const struct {
    std::string json;
    const char* problem;
  } cases[] = {
      {"", "begin with '{'"},
      {" {}", "begin with '{'"},
      {"[]", "begin with '{'"},
      {"{", "not JSON"},
      {"{}x", "not JSON"},
      {std::string("{}\0", 3), "not JSON"},
      {"{\"\xff\":1}", "not JSON"},
      {"{" + sound + "," + sound + "}", "'a' comes twice"},
      {R"({"a":1})", "a number stands"},
      {R"({"a":null})", "null"},
      {R"({"a":true})", "true or false"},
      {R"({"a":"x"})", "a text stands"},
      {R"({"a":[]})", "a list stands"},
      {R"({"a":{}})", "needs dtype, shape and data_offsets"},
      {R"({"a":{"dtype":"U8","shape":[1]}})", "needs dtype, shape and data_offsets"},
      {R"({"a":{"dtype":"U8","dtype":"U8"}})", "has dtype twice"},
      {R"({"a":{"colour":1}})", "'colour'"},
      {R"({"a":{"dtype":"BF16"}})", "dtype 'BF16'"},
      {R"({"a":{"dtype":["U8"]}})", "a list stands"},
      {R"({"a":{"dtype":{}}})", "an object stands"},
      {R"({"a":{"shape":1}})", "a number stands"},
      {R"({"a":{"shape":[[1]]}})", "a list stands"},
      {R"({"a":{"shape":["1"]}})", "a text stands"},
      {R"({"a":{"shape":[-1]}})", "negative"},
      {R"({"a":{"shape":[1.0]}})", "not a whole one"},
      {R"({"a":{"shape":[1e3]}})", "not a whole one"},
      {R"({"a":{"shape":[18446744073709551616]}})", "too large"},
      {R"({"a":{"shape":[9223372036854775808]}})", "an extent of"},
      {R"({"a":{"data_offsets":[0]}})", "two data_offsets"},
      {R"({"a":{"data_offsets":[0,1,2]}})", "a number stands"},
      {R"({"a":{"data_offsets":[-1,1]}})", "negative"},
      {R"({"__metadata__":{"a":1}})", "a number stands"},
      {R"({"__metadata__":{"a":{}}})", "an object stands"},
      {R"({"__metadata__":{"a":"b","a":"b"}})", "'a' comes twice"},
      {R"({"__metadata__":{},"__metadata__":{}})", "'__metadata__' comes twice"},
      {R"({"__metadata__":"x"})", "a text stands"},
  };
  for (const auto& [json, problem] : cases) {
    EXPECT_THAT(problem_of(json, 1), ::testing::HasSubstr(problem)) << json;
  }
}

TEST(SafetensorsHeader, DeepNestingIsRefusedAtOnce) {
  EXPECT_THAT(problem_of(R"({"a":)" + std::string(1'000'000, '['), 0),
              ::testing::HasSubstr("a list stands"));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) {
    objects += R"({"a":)";
  }
  EXPECT_NE(problem_of(objects, 0), "");
}

}  // namespace
}  // namespace plumbline
