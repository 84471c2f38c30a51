#include "data/format/byte_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/bytes.h"

namespace plumbline {
namespace {

using testing::HasSubstr;

class ByteReaderTest : public testing::Test {
 protected:
  std::filesystem::path store(std::string_view bytes) const {
    write_bytes(folder_.path() / "file", bytes);
    return folder_.path() / "file";
  }

  std::string text_of(const std::filesystem::path& path, std::uint64_t limit = 1 << 20) const {
    const std::vector<std::byte> bytes = read_all(*open_bytes(path), limit);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  TemporaryFolder folder_{std::filesystem::temp_directory_path(), "data-test-"};
};

TEST_F(ByteReaderTest, PlainAndCompressedFilesReadTheSame) {
  EXPECT_EQ(text_of(store("hello")), "hello");
  EXPECT_EQ(text_of(store(gzip_of("hello"))), "hello");
  EXPECT_EQ(text_of(store(gzip_of("hello ") + gzip_of("again"))), "hello again");
  EXPECT_EQ(text_of(store("")), "");
  EXPECT_EQ(text_of(store(gzip_of(""))), "");
}

TEST_F(ByteReaderTest, EveryTruncationOfACompressedFileIsAnError) {
  const std::string whole = gzip_of("some text that is compressed, some text that is compressed");
  for (std::size_t length = 2; length < whole.size(); ++length) {
    const auto path = store(whole.substr(0, length));
    EXPECT_THAT(message_of([&] { (void)text_of(path); }), HasSubstr("is damaged")) << length;
  }
}

TEST_F(ByteReaderTest, AFlippedBitInACompressedFileIsAnError) {
  std::string bytes = gzip_of("some text that is compressed");
  bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 1);  // in the CRC
  const auto path = store(bytes);
  EXPECT_THAT(message_of([&] { (void)text_of(path); }), HasSubstr("cannot be decompressed"));
}

TEST_F(ByteReaderTest, ABombIsCutOffAtTheLimit) {
  const auto path = store(gzip_of(std::string(50'000'000, '\0')));
  EXPECT_LT(std::filesystem::file_size(path), 60'000U);
  EXPECT_THAT(message_of([&] { (void)text_of(path, 1000); }), HasSubstr("longer than 1000 bytes"));
}

TEST_F(ByteReaderTest, AStreamSaysHowMuchItCanHoldAtMost) {
  EXPECT_EQ(open_bytes(store("12345"))->most_bytes(), 5U);
  const std::string compressed = gzip_of(std::string(1'000'000, 'x'));
  const std::uint64_t most = open_bytes(store(compressed))->most_bytes();
  EXPECT_EQ(most, compressed.size() * 1032);
  EXPECT_GE(most, 1'000'000U);
}

TEST_F(ByteReaderTest, WhatIsNoFileIsAnErrorWithItsName) {
  const std::filesystem::path missing = folder_.path() / "missing";
  EXPECT_EQ(message_of([&] { (void)open_bytes(missing); }),
            fmt::format("'{}' cannot be read: No such file or directory.", missing.string()));
  EXPECT_THAT(message_of([&] { (void)open_bytes(folder_.path()); }), HasSubstr("it is not a file"));
}

}  // namespace
}  // namespace plumbline
