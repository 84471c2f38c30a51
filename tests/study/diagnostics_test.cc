#include "study/file/diagnostics.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace plumbline {
namespace {

std::string message(const std::string& text, Position position) {
  try {
    SourceText("a.toml", text).fail(position, "No.");
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(DiagnosticsTest, points_at_the_column_of_the_line) {
  EXPECT_EQ(message("one\ntwo = 2\nthree", {2, 7}),
            "a.toml:2:7: No.\n"
            "    2 | two = 2\n"
            "      |       ^");
}

TEST(DiagnosticsTest, counts_code_points_and_shows_a_tab_as_one_space) {
  EXPECT_EQ(message("\t\"\xC3\xA9\xC3\xA9\" = 1", {1, 7}),
            "a.toml:1:7: No.\n"
            "    1 |  \"\xC3\xA9\xC3\xA9\" = 1\n"
            "      |       ^");
}

TEST(DiagnosticsTest, survives_places_outside_the_text) {
  EXPECT_EQ(message("ab", {1, 99}), "a.toml:1:99: No.\n    1 | ab\n      |   ^");
  EXPECT_EQ(message("ab", {9, 1}), "a.toml:9:1: No.\n    9 | \n      | ^");
  EXPECT_EQ(message("", {1, 1}), "a.toml:1:1: No.\n    1 | \n      | ^");
  EXPECT_EQ(message("ab", {0, 0}), "a.toml: No.");
}

TEST(DiagnosticsTest, leaves_out_the_byte_order_mark_and_the_carriage_return) {
  EXPECT_EQ(message("\xEF\xBB\xBF"
                    "ab\r\n",
                    {1, 1}),
            "a.toml:1:1: No.\n    1 | ab\n      | ^");
}

TEST(DiagnosticsTest, shows_only_the_part_of_a_long_line_around_the_place) {
  const std::string line = std::string(200, 'a') + "X" + std::string(200, 'b');
  EXPECT_EQ(message(line, {1, 201}),
            "a.toml:1:201: No.\n"
            "    1 | ..." +
                std::string(48, 'a') + "X" + std::string(47, 'b') + "...\n" + "      | " +
                std::string(51, ' ') + "^");
}

TEST(DiagnosticsTest, never_sends_control_characters_or_broken_utf8_to_the_terminal) {
  EXPECT_EQ(in_quotes("a\x1B[31mb"), "'a?[31mb'");
  EXPECT_EQ(in_quotes("a\xC2\x9B"
                      "b"),
            "'a?b'");  // C1 control sequence introducer
  EXPECT_EQ(in_quotes("a\xFF\xC3"),
            "'a?"
            "?'");  // no lead byte, cut sequence
  EXPECT_EQ(in_quotes("\xE2\x82\xAC"), "'\xE2\x82\xAC'");
  EXPECT_EQ(in_quotes(std::string(61, 'a')), "'" + std::string(60, 'a') + "...'");
}

}  // namespace
}  // namespace plumbline
