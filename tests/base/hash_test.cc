#include "base/hash.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"

namespace plumbline {
namespace {

// FIPS 180-4's examples as published by NIST (SHA256.pdf), the million of 'a' included.
constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kOfTwoBlocks =
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
constexpr const char* kOfMillion =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
constexpr const char* kOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Sha256, AgreesWithThePublishedExamples) {
  EXPECT_EQ(sha256_hex(""), kOfNothing);
  EXPECT_EQ(sha256_hex("abc"), kOfAbc);
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), kOfTwoBlocks);
}

TEST(Sha256, PiecesMakeTheSameDigestAsTheWhole) {
  Sha256 digest;
  for (int i = 0; i < 1000; ++i) {
    digest.update(std::string(1000, 'a'));
  }
  EXPECT_EQ(digest.hex_digest(), kOfMillion);
}

TEST(Sha256, FileIsDigestedWhole) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path(), "plumbline-hash-");
  const std::filesystem::path path = folder.path() / "x";
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1} << 20, (std::size_t{1} << 20) + 1}) {
    const std::string text(size, 'a');
    write_file(path, text);
    EXPECT_EQ(sha256_hex_of_file(path), sha256_hex(text)) << size;
  }
  EXPECT_THROW((void)sha256_hex_of_file(folder.path() / "none"), EnvironmentError);
}

}  // namespace
}  // namespace plumbline
