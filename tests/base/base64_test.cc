#include "base/base64.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

// RFC 4648, section 10.
TEST(Base64, EncodesTheVectorsOfItsRfc) {
  const std::pair<std::string, std::string> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(base64({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}), text);
  }
}

}  // namespace
}  // namespace plumbline
