#include <gtest/gtest.h>

#include "study/study_text.h"

// The messages of wrong studies, whole and exact but for the name of the file, which comes first.

namespace plumbline {
namespace {

TEST(StudyErrorsTest, points_at_what_is_not_toml) {
  expect_complaints(
      &StudyText::head,
      {
          {"question = \"abc\n",
           R"(:1:16: This is not TOML. Error while parsing string: unescaped control characters other than TAB (U+0009) are explicitly prohibited.
    1 | question = "abc
      |                ^)"},
          {"question = what\n",
           R"(:1:12: This is not TOML. Error while parsing value: could not determine value type.
    1 | question = what
      |            ^)"},
          {"question = \"a\"\nquestion = \"b\"\n",
           R"(:2:12: This is not TOML. Error while parsing key-value pair: cannot redefine existing string 'question'.
    2 | question = "b"
      |            ^)"},
          {"= 5\n",
           R"(:1:1: This is not TOML. '=' cannot stand here.
    1 | = 5
      | ^)"},
      });
}

TEST(StudyErrorsTest, points_at_mistakes_at_the_top) {
  expect_complaints(
      &StudyText::head,
      {
          {"questoin = \"abc\"\n",
           R"(:1:1: A study has no key 'questoin'. Did you mean 'question'? Its keys are question, data, seeds, stacks, threads, trial_timeout_seconds, memory_limit, network, recipe, stack and comparison.
    1 | questoin = "abc"
      | ^)"},
          {"data = [\"mnist\"]\n",
           R"(:1:1: A study lacks the key 'question'; write for instance question = "Is A as accurate as B?".
    1 | data = ["mnist"]
      | ^)"},
          {"question = 5\n",
           R"(:1:12: 'question' must be a question in words; it is 5.
    1 | question = 5
      |            ^)"},
          {"question = \" \"\n",
           R"(:1:12: 'question' must be a question in words; it is ' '.
    1 | question = " "
      |            ^)"},
          {"question = \"\"\n",
           R"(:1:12: 'question' must be a question in words: 1 to 4096 bytes without control characters; it is ''.
    1 | question = ""
      |            ^)"},
          {"threads = 2\nthread = 2\n",
           R"(:2:1: A study has no key 'thread'. Did you mean 'threads'? Its keys are question, data, seeds, stacks, threads, trial_timeout_seconds, memory_limit, network, recipe, stack and comparison.
    2 | thread = 2
      | ^)"},
      });
}

TEST(StudyErrorsTest, points_at_wrong_data) {
  expect_complaints(
      &StudyText::head,
      {
          {"question = \"a\"\ndata = \"mnist\"\nseeds = 2\nstacks = [\"native\"]\n",
           R"(:2:8: 'data' must be a list of data sets; it is 'mnist'.
    2 | data = "mnist"
      |        ^)"},
          {"question = \"a\"\ndata = []\nseeds = 2\nstacks = [\"native\"]\n",
           R"(:2:8: 'data' must be a list of data sets with 1 to 100 elements; it is a list of 0.
    2 | data = []
      |        ^)"},
          {"question = \"a\"\ndata = [5]\nseeds = 2\nstacks = [\"native\"]\n",
           R"(:2:9: 'data[0]' must be the name of a data set, a path, or a table with a path; it is 5.
    2 | data = [5]
      |         ^)"},
          {"question = \"a\"\ndata = [\"mnist\", \"./mnist.npz\"]\nseeds = 2\nstacks = "
           "[\"native\"]\n",
           R"(:2:18: Two data sets are named 'mnist'.
    2 | data = ["mnist", "./mnist.npz"]
      |                  ^)"},
          {"question = \"a\"\ndata = [\"~/x.csv\"]\nseeds = 2\nstacks = [\"native\"]\n",
           R"(:2:9: A study file does not expand '~': write the whole path, or one relative to the study file.
    2 | data = ["~/x.csv"]
      |         ^)"},
          {"question = \"a\"\ndata = [\"./a b.npz\"]\nseeds = 2\nstacks = [\"native\"]\n",
           R"(:2:9: The data at '/studies/a b.npz' need a name: write { name = "mine", path = '/studies/a b.npz' }.
    2 | data = ["./a b.npz"]
      |         ^)"},
          {"question = \"a\"\ndata = [{ name = \"x\" }]\nseeds = 2\nstacks = [\"native\"]\n",
           R"(:2:9: A data set lacks the key 'path'; write for instance path = "./images.npz".
    2 | data = [{ name = "x" }]
      |         ^)"},
          {"question = \"a\"\ndata = [{ path = \"a.npz\", name = \"a/b\" }]\nseeds = 2\nstacks = "
           "[\"native\"]\n",
           R"(:2:34: 'name' must be a name of letters, digits, '_' and '-', at most 64 in all; it is 'a/b'.
    2 | data = [{ path = "a.npz", name = "a/b" }]
      |                                  ^)"},
          {"question = \"a\"\ndata = [{ path = \"a.csv\", labels = \"x\" }]\nseeds = 2\nstacks = "
           "[\"native\"]\n",
           R"(:2:27: A data set has no key 'labels'. Its keys are name, path and label_column.
    2 | data = [{ path = "a.csv", labels = "x" }]
      |                           ^)"},
      });
}

TEST(StudyErrorsTest, points_at_wrong_seeds) {
  expect_complaints(
      &StudyText::head,
      {
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = 0\nstacks = [\"native\"]\n",
           R"(:3:9: 'seeds' must be an integer from 1 to 1000000; it is 0.
    3 | seeds = 0
      |         ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = 1000001\nstacks = [\"native\"]\n",
           R"(:3:9: 'seeds' must be an integer from 1 to 1000000; it is 1000001.
    3 | seeds = 1000001
      |         ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = \"2\"\nstacks = [\"native\"]\n",
           R"(:3:9: 'seeds' must be a number of seeds, as in 5 for 0, 1, 2, 3 and 4, or a list of seeds; it is '2'.
    3 | seeds = "2"
      |         ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = []\nstacks = [\"native\"]\n",
           R"(:3:9: 'seeds' must be a list of seeds with 1 to 1000000 elements; it is a list of 0.
    3 | seeds = []
      |         ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = [1, 2, 1]\nstacks = [\"native\"]\n",
           R"(:3:16: The seed 1 is named twice.
    3 | seeds = [1, 2, 1]
      |                ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = [-1]\nstacks = [\"native\"]\n",
           R"(:3:10: 'seeds[0]' must be an integer from 0 to 4294967295; it is -1.
    3 | seeds = [-1]
      |          ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = [4294967296]\nstacks = [\"native\"]\n",
           R"(:3:10: 'seeds[0]' must be an integer from 0 to 4294967295; it is 4294967296.
    3 | seeds = [4294967296]
      |          ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = 2020-01-01\nstacks = [\"native\"]\n",
           R"(:3:9: 'seeds' must be a number of seeds, as in 5 for 0, 1, 2, 3 and 4, or a list of seeds; it is a date or a time.
    3 | seeds = 2020-01-01
      |         ^)"},
      });
}

TEST(StudyErrorsTest, points_at_wrong_stacks) {
  expect_complaints(
      &StudyText::head,
      {
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = 2\nstacks = []\n",
           R"(:4:10: 'stacks' must be a list of stacks with 1 to 1000 elements; it is a list of 0.
    4 | stacks = []
      |          ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = 2\nstacks = [\"native\", \"native\"]\n",
           R"(:4:21: Two stacks are named 'native'.
    4 | stacks = ["native", "native"]
      |                     ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = 2\nstacks = [\"native\", \"./native\"]\n",
           R"(:4:21: Two stacks are named 'native'.
    4 | stacks = ["native", "./native"]
      |                     ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = 2\nstacks = [\"a/b\"]\n",
           R"(:4:11: 'a/b' is not the name of a stack. A folder of your own is written "./folder".
    4 | stacks = ["a/b"]
      |           ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = 2\nstacks = [\"\"]\n",
           R"(:4:11: 'stacks[0]' must be the name of a stack, or the path of a stack's folder: 1 to 4096 bytes without control characters; it is ''.
    4 | stacks = [""]
      |           ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = 2\nstacks = [\"~/b\"]\n",
           R"(:4:11: A study file does not expand '~': write the whole path, or one relative to the study file.
    4 | stacks = ["~/b"]
      |           ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = 2\nstacks = [\"./a b\"]\n",
           R"(:4:11: The folder of a stack gives the stack its name, and 'a b' is none: a name has letters, digits, '_', '-' and '.', at most 64 in all.
    4 | stacks = ["./a b"]
      |           ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = 2\nstacks = [\"/\"]\n",
           R"(:4:11: The folder of a stack gives the stack its name, and '' is none: a name has letters, digits, '_', '-' and '.', at most 64 in all.
    4 | stacks = ["/"]
      |           ^)"},
          {"question = \"a\"\ndata = [\"mnist\"]\nseeds = 2\nstacks = [\"py\\ttorch\"]\n",
           R"(:4:11: 'stacks[0]' must be the name of a stack, or the path of a stack's folder: 1 to 4096 bytes without control characters; it is 'py torch'.
    4 | stacks = ["py\ttorch"]
      |           ^)"},
      });
}

TEST(StudyErrorsTest, points_at_wrong_limits) {
  expect_complaints(
      &StudyText::head,
      {
          {"threads = 0\n",
           R"(:5:11: 'threads' must be an integer from 1 to 4096; it is 0.
    5 | threads = 0
      |           ^)"},
          {"threads = 1.5\n",
           R"(:5:11: 'threads' must be an integer from 1 to 4096; it is 1.5.
    5 | threads = 1.5
      |           ^)"},
          {"trial_timeout_seconds = 0\n",
           R"(:5:25: 'trial_timeout_seconds' must be a number above 0 and below 31622400; it is 0.
    5 | trial_timeout_seconds = 0
      |                         ^)"},
          {"trial_timeout_seconds = inf\n",
           R"(:5:25: 'trial_timeout_seconds' must be a number above 0 and below 31622400; it is inf.
    5 | trial_timeout_seconds = inf
      |                         ^)"},
          {"memory_limit = \"8 gigs\"\n",
           R"(:5:16: 'memory_limit' must be a number of bytes or a size with a unit, as in "8 GB", from 1 MB to 1024 TiB; it is '8 gigs'.
    5 | memory_limit = "8 gigs"
      |                ^)"},
          {"memory_limit = 5\n",
           R"(:5:16: 'memory_limit' must be an integer from 1000000 to 1125899906842624; it is 5.
    5 | memory_limit = 5
      |                ^)"},
          {"memory_limit = \"1e300 GB\"\n",
           R"(:5:16: 'memory_limit' must be a number of bytes or a size with a unit, as in "8 GB", from 1 MB to 1024 TiB; it is '1e300 GB'.
    5 | memory_limit = "1e300 GB"
      |                ^)"},
          {"seeds.a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r = 2\n",
           R"(:5:38: A key has at most 16 dots.
    5 | seeds.a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r = 2
      |                                      ^)"},
      },
      kWholeHead);
}

TEST(StudyErrorsTest, points_at_a_wrong_table_of_a_stack) {
  expect_complaints(
      &StudyText::tail,
      {
          {"[stack.pytorh]\ndevice = \"cuda\"\n",
           R"(:16:8: There is a table for the stack 'pytorh', which 'stacks' does not name. Did you mean 'pytorch'?
   16 | [stack.pytorh]
      |        ^)"},
          {"[stack.pytorch]\ndevise = \"cuda\"\n",
           R"(:17:1: [stack.pytorch] has no key 'devise'. Did you mean 'device'? Its keys are device and recipe.
   17 | devise = "cuda"
      | ^)"},
          {"[stack.pytorch]\ndevice = \"gpu\"\n",
           R"(:17:10: 'device' must be 'cpu' or 'cuda'; a GPU is 'cuda'.
   17 | device = "gpu"
      |          ^)"},
          {"[stack.pytorch]\ndevice = \"cdua\"\n",
           R"(:17:10: 'device' must be 'cpu' or 'cuda'; it is 'cdua'. Did you mean 'cuda'?
   17 | device = "cdua"
      |          ^)"},
          {"[stack.pytorch.recipe]\nbatch = \"x\"\n",
           R"(:17:9: 'batch' must be an integer from 1 to 1000000; it is 'x'.
   17 | batch = "x"
      |         ^)"},
          {"[stack.pytorch.recipe]\nlearning_rate = 0.1\n",
           R"(:17:1: 'learning_rate' is a key of the optimizer: write optimizer = { sgd = { learning_rate = ... } }.
   17 | learning_rate = 0.1
      | ^)"},
          {"[stack.pytorch]\nrecipe = 5\n",
           R"(:17:10: 'recipe' must be a table; it is 5.
   17 | recipe = 5
      |          ^)"},
          {"[stack]\npytorch = 5\n",
           R"(:17:11: 'pytorch' must be a table; it is 5.
   17 | pytorch = 5
      |           ^)"},
          {"[stacks.pytorch]\ndevice = \"cpu\"\n",
           R"(:17:1: This is not TOML. Error while parsing table header: cannot redefine existing array 'stacks.pytorch' as table.
   17 | device = "cpu"
      | ^)"},
      });
}

TEST(StudyErrorsTest, points_at_the_top_of_the_file_for_a_missing_table) {
  const StudyText text;
  EXPECT_EQ(
      complaint(text.head),
      "/studies/a.toml:1:1: A study lacks the key 'network'; write for instance [network] and "
      "below it 'input' and 'layers'.\n"
      "    1 | question = \"Does it work?\"\n"
      "      | ^");
  EXPECT_EQ(
      complaint(text.head + "[network]\n" + text.input + text.layers),
      "/studies/a.toml:1:1: A study lacks the key 'recipe'; write for instance [recipe] and below "
      "it the keys.\n"
      "    1 | question = \"Does it work?\"\n"
      "      | ^");
  EXPECT_EQ(
      complaint(""),
      "/studies/a.toml:1:1: A study lacks the key 'question'; write for instance question = \"Is "
      "A as accurate as B?\".\n"
      "    1 | \n"
      "      | ^");
}

TEST(StudyErrorsTest, names_the_nearest_known_data_set_and_stack) {
  EXPECT_EQ(
      complaint(StudyText{}.whole(), {{"emnist", "fashion-mnist"}, {}}),
      "/studies/a.toml:2:9: There is no data set 'mnist'. Did you mean 'emnist'? The known ones "
      "are "
      "emnist and fashion-mnist; a file of your own is written as a path, as in \"./mnist.npz\".\n"
      "    2 | data = [\"mnist\"]\n"
      "      |         ^");
  EXPECT_EQ(
      complaint(StudyText{}.whole(), {{}, {"native", "pytorch2"}}),
      "/studies/a.toml:4:21: There is no stack 'pytorch'. Did you mean 'pytorch2'? The stacks are "
      "native and pytorch2; a folder of your own is written \"./pytorch\".\n"
      "    4 | stacks = [\"native\", \"pytorch\"]\n"
      "      |                     ^");
}

TEST(StudyErrorsTest, points_at_mistakes_in_the_comparison) {
  expect_complaints(
      &StudyText::tail,
      {
          {"margin = 0.1\n",
           R"(:17:1: [comparison] has no key 'margin'. Its keys are accuracy_margin_points, time_margin_percent, confidence, max_seeds and reference.
   17 | margin = 0.1
      | ^)"},
          {"accuracy_margin_points = 0\n",
           R"(:17:26: 'accuracy_margin_points' must be a number above 0 and below 100; it is 0.
   17 | accuracy_margin_points = 0
      |                          ^)"},
          {"time_margin_percent = -5\n",
           R"(:17:23: 'time_margin_percent' must be a number above 0; it is -5.
   17 | time_margin_percent = -5
      |                       ^)"},
          {"confidence = 95\n",
           R"(:17:14: 'confidence' must be a number above 0.5 and below 1; it is 95.
   17 | confidence = 95
      |              ^)"},
          {"max_seeds = 1\n",
           R"(:17:13: 'max_seeds' is 1, but the study begins with 2 seeds.
   17 | max_seeds = 1
      |             ^)"},
          {"max_seeds = 2000000\n",
           R"(:17:13: 'max_seeds' must be an integer from 1 to 1000000; it is 2000000.
   17 | max_seeds = 2000000
      |             ^)"},
          {"reference = \"pytorhc\"\n",
           R"(:17:13: 'stacks' does not name 'pytorhc'. Did you mean 'pytorch'? It names native and pytorch.
   17 | reference = "pytorhc"
      |             ^)"},
          {"threads = 2\n",
           R"(:17:1: 'threads' is a key of the study, not of [comparison]: write it above the first [table].
   17 | threads = 2
      | ^)"},
      },
      "[comparison]\n");
}

}  // namespace
}  // namespace plumbline
