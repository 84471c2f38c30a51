#include "base/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace plumbline {
namespace {

const std::vector<std::string> kWords = {
    "conv2d", "max_pool", "dense", "dropout", "epochs", "steps"};

TEST(NearestWord, FindsSlipsAndNothingElse) {
  const struct {
    const char* word;
    const char* expected;
  } cases[] = {{"conv2", "conv2d"},
               {"Conv2D", "conv2d"},
               {"maxpool", "max_pool"},
               {"desne", "dense"},
               {"dropuot", "dropout"},
               {"epoch", "epochs"},
               {"step", "steps"},
               {"xyz", ""},
               {"", ""},
               {"d", ""},
               {"flatten", ""},
               {"dense_layer_of_mine", ""}};
  for (const auto& [word, expected] : cases) {
    EXPECT_EQ(nearest_word(word, kWords), expected) << word;
  }
}

TEST(NearestWord, PrefersTheSmallerDistanceThenTheEarlier) {
  const std::vector<std::string> words = {"beta_1", "beta_2", "beta"};
  EXPECT_EQ(nearest_word("beta1", words), "beta_1");
  EXPECT_EQ(nearest_word("beta_3", words), "beta_1");
}

TEST(NearestWord, SwapOfNeighboursIsOneSlip) {
  const std::vector<std::string> words = {"ab"};
  EXPECT_EQ(nearest_word("ba", words), "ab");
}

TEST(NearestWord, HugeWordsCostNothing) {
  EXPECT_EQ(nearest_word(std::string(10'000'000, 'x'), kWords), "");
}

TEST(DidYouMean, IsReadyToAppend) {
  EXPECT_EQ(did_you_mean("dens", kWords), " Did you mean 'dense'?");
  EXPECT_EQ(did_you_mean("xyz", kWords), "");
}

TEST(JoinWords, ReadsAsASentence) {
  const std::vector<std::string> words = {"a", "b", "c"};
  const std::span<const std::string> all(words);
  EXPECT_EQ(join_words(all.first(0)), "");
  EXPECT_EQ(join_words(all.first(1)), "a");
  EXPECT_EQ(join_words(all.first(2)), "a and b");
  EXPECT_EQ(join_words(all, "or"), "a, b or c");
}

TEST(DisplayWidth, CountsCodePoints) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("99.1 ± 0.1 µs"), 13U);
  EXPECT_EQ(display_width("→😀"), 2U);
}

TEST(FormatSeconds, IsWhatAPersonReads) {
  const struct {
    double seconds;
    const char* expected;
  } cases[] = {{0, "0.0 ms"},
               {0.00123, "1.2 ms"},
               {0.045, "45 ms"},
               {0.9994, "999 ms"},
               {0.9996, "1.0 s"},
               {12.34, "12.3 s"},
               {59.94, "59.9 s"},
               {59.96, "1m00s"},
               {194, "3m14s"},
               {3599.4, "59m59s"},
               {3599.6, "1h00m"},
               {9000, "2h30m"},
               {-12.34, "-12.3 s"},
               {std::numeric_limits<double>::quiet_NaN(), "-"}};
  for (const auto& [seconds, expected] : cases) {
    EXPECT_EQ(format_seconds(seconds), expected) << seconds;
  }
}

TEST(FormatBytes, CountsInPowersOfAThousand) {
  const struct {
    double bytes;
    const char* expected;
  } cases[] = {{0, "0 B"},
               {999, "999 B"},
               {999.6, "1.0 kB"},
               {1000, "1.0 kB"},
               {1.25e9, "1.2 GB"},
               {999.96e6, "1.0 GB"},
               {3e18, "3000.0 PB"},
               {-1500, "-1.5 kB"}};
  for (const auto& [bytes, expected] : cases) {
    EXPECT_EQ(format_bytes(bytes), expected) << bytes;
  }
}

// The malformed sequences are those of the Unicode Standard 15, section 3.9, tables 3-7 to 3-11.
TEST(Text, ReplacesWhatIsNotValidUtf8) {
  const std::string r = "\xEF\xBF\xBD";
  const struct {
    std::string bytes;
    std::string expected;
  } cases[] = {
      {"plain\n\ttext", "plain\n\ttext"},
      {"\xC2\xA2 \xE2\x82\xAC \xF0\x9F\x98\x80", "\xC2\xA2 \xE2\x82\xAC \xF0\x9F\x98\x80"},
      {"\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
      {"\x80", r},
      {"\xC0\xAF", r + r},
      {"\xE0\x80\xBF", r + r + r},
      {"\xED\xA0\x80", r + r + r},
      {"\xF4\x90\x80\x80", r + r + r + r},
      {"\xF5", r},
      {"a\xE2\x82", "a" + r + r},
      {"\xE2\x82"
       "b",
       r + r + "b"},
      {std::string("a\0b", 3), "a" + r + "b"},
      {"\x1B[31m\x7F\r", r + "[31m" + r + r},
  };
  for (const auto& [bytes, expected] : cases) {
    EXPECT_EQ(valid_utf8(bytes), expected);
  }
}

}  // namespace
}  // namespace plumbline
