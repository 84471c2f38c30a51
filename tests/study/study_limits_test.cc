#include <gtest/gtest.h>

#include "study/study_text.h"

namespace plumbline {
namespace {

TEST(StudyLimitsTest, refuses_a_file_of_absurd_size) {
  EXPECT_EQ(complaint(std::string((1U << 20U) + 1, ' ')),
            "/studies/a.toml: A study file has at most 1048576 bytes.");
}

// toml++ 3.3 would exhaust the stack on these.
TEST(StudyLimitsTest, refuses_keys_of_absurd_depth_wherever_they_hide) {
  std::string deep = "a";
  for (int i = 0; i < 100'000; ++i) {
    deep += ".a";
  }
  for (const std::string& text : {
           deep + " = 1\n",
           "[" + deep + "]\n",
           "x = { " + deep + " = 1 }\n",
           "x = \"\"\"y\"\"\"\"\n" + deep + " = 1\n",
           "x = { y = '''z'''', " + deep + " = 1 }\n",
           "x = \"#\"\n" + deep + " = 1\n",
           "# \"\n" + deep + " = 1\n",
           "x = '\\'\n" + deep + " = 1\n",
           "\"#\"." + deep + " = 1\n",
       }) {
    EXPECT_NE(complaint(text).find("A key has at most 16 dots."), std::string::npos)
        << text.substr(0, 40);
  }
}

// toml++ 3.3 asks with undefined behaviour whether U+0291 is white space.
TEST(StudyLimitsTest, takes_characters_outside_ascii_only_in_quotes_and_comments) {
  const std::string letter = "\xCA\x91";
  EXPECT_EQ(
      complaint("ske" + letter),
      "/studies/a.toml:1:4: Characters other than ASCII stand only in quotes and in comments.\n"
      "    1 | ske" +
          letter +
          "\n"
          "      |    ^");
  EXPECT_NE(complaint("a = \"\"\"x\\\n  " + letter + "\"\"\"").find(":2:3: A backslash"),
            std::string::npos);
  StudyText text;
  text.head = "question = \"" + letter + "?\" # " + letter +
              "\ndata = [\"mnist\"]\nseeds = 1\nstacks = [\"native\"]\n";
  EXPECT_EQ(complaint(text.whole()), "");
  EXPECT_EQ(complaint("\xEF\xBB\xBF" + text.whole()), "");
}

// In a value that it cannot read toml++ takes these quotes and brackets for any other character.
TEST(StudyLimitsTest, stops_at_what_has_no_place_in_toml) {
  for (const char* text : {"a = 01b\"x\"",
                           "a = 5['x']",
                           "a = 1.'x'",
                           "a = b='x'",
                           "a = [1, 2='x']",
                           "a = 1, 'x'",
                           "a = 1]",
                           "a = [1}",
                           "{ a = 1 }",
                           "a = b{}",
                           "a 'x' = 1"}) {
    EXPECT_NE(complaint(text).find(" cannot stand here."), std::string::npos) << text;
  }
}

TEST(StudyLimitsTest, takes_every_form_of_toml) {
  StudyText text;
  text.head =
      "\"question\"\t= \"\"\"\\\n    a\\\n  b\"\"\"\"\"\r\n"
      "data = [ # first\n  'mnist' , # [ \" {\n"
      "  { \"path\" = './x.csv', 'label_column' = \"\\\"=[\" },\n]\n"
      "seeds = [\n  0x10, 1_000,\n  0b1,\n]\n"
      "stacks = [ \"native\" , '''./mine''', ]\n"
      "stack . \"native\" . 'device' = \"cpu\"\n";
  text.recipe += "input_scaling = { mean = -1e-3, stddev = +0.5 }\n";
  text.tail = "[ stack . 'mine' ]\nrecipe.optimizer = { sgd = { } }\nrecipe.biases = \"zeros\"";
  const Study study = parsed(text.whole());
  EXPECT_EQ(study.question, "ab\"\"");
  EXPECT_EQ(study.data[1].label_column, "\"=[");
  EXPECT_EQ(study.seeds, (std::vector<std::uint64_t>{16, 1000, 1}));
}

TEST(StudyLimitsTest, takes_dots_that_are_no_key) {
  StudyText text;
  text.head =
      "question = \"...................... \\\" ...................?\" # ....................\n"
      "data = ['./../../../../../../../../../../../../../../../../../../x.csv']\n"
      "seeds = 1\nstacks = [\"native\"]\n";
  EXPECT_EQ(complaint(text.whole()), "");
}

TEST(StudyLimitsTest, refuses_values_that_nest_without_end) {
  EXPECT_NE(complaint("a = " + std::string(100'000, '[')).find("This is not TOML."),
            std::string::npos);
}

TEST(StudyLimitsTest, takes_as_many_layers_as_a_network_may_have) {
  const auto chain = [](std::size_t layers) {
    std::string text = "{ flatten = true },\n";
    for (std::size_t i = 2; i < layers; ++i) {
      text += "{dropout=0.1},\n";
    }
    return text + "{ dense = 10 }\n";
  };
  StudyText text;
  text.layers = "layers = [\n" + chain(10'000) + "]\n";
  EXPECT_EQ(parsed(text.whole()).network.layers.size(), 10'000U);
  text.layers = "layers = [\n" + chain(10'001) + "]\n";
  EXPECT_NE(complaint(text.whole()).find("with 1 to 10000 elements; it is a list of 10001."),
            std::string::npos);
}

}  // namespace
}  // namespace plumbline
