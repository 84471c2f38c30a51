#include <gtest/gtest.h>

#include "study/study_text.h"

// The messages of wrong studies, whole and exact but for the name of the file, which comes first.

namespace plumbline {
namespace {

TEST(NetworkErrorsTest, points_at_a_wrong_input) {
  expect_complaints(
      &StudyText::input,
      {
          {"input = [28, 28]\n",
           R"(:6:9: 'input' must be [height, width, channels] or [features]. Images of one channel are [28, 28, 1].
    6 | input = [28, 28]
      |         ^)"},
          {"input = []\n",
           R"(:6:9: 'input' must be [height, width, channels] or [features] with 1 to 3 elements; it is a list of 0.
    6 | input = []
      |         ^)"},
          {"input = 784\n",
           R"(:6:9: 'input' must be [height, width, channels] or [features]; it is 784.
    6 | input = 784
      |         ^)"},
          {"input = [28, 28, 0]\n",
           R"(:6:18: 'input[2]' must be an integer from 1 to 2147483647; it is 0.
    6 | input = [28, 28, 0]
      |                  ^)"},
          {"input = [65536, 65536, 1]\n",
           R"(:6:9: The network's input (65536, 65536, 1) is out of range: extents are positive, and the whole has at most 2147483647 elements.
    6 | input = [65536, 65536, 1]
      |         ^)"},
          {"inputs = [28, 28, 1]\n",
           R"(:6:1: [network] has no key 'inputs'. Did you mean 'input'? Its keys are input and layers.
    6 | inputs = [28, 28, 1]
      | ^)"},
          {"seeds = 4\ninput = [28, 28, 1]\n",
           R"(:6:1: 'seeds' is a key of the study, not of [network]: write it above the first [table].
    6 | seeds = 4
      | ^)"},
      });
}

TEST(NetworkErrorsTest, points_at_a_layer_that_is_nothing_or_two_things) {
  expect_complaints(
      &StudyText::layers,
      {
          {"layers = [\n]\n",
           R"(:7:10: 'layers' must be a list of layers with 1 to 10000 elements; it is a list of 0.
    7 | layers = [
      |          ^)"},
          {"layers = [\n  5\n]\n",
           R"(:8:3: 'layers[0]' must be a table; it is 5.
    8 |   5
      |   ^)"},
          {"layers = [\n  { conv2 = 8, kernel = 3 },\n]\n",
           R"(:8:5: There is no layer 'conv2'. Did you mean 'conv2d'? A layer has one of conv2d, max_pool, average_pool, global_average_pool, flatten, dense, dropout, batch_norm, layer_norm, add, concatenate or activation.
    8 |   { conv2 = 8, kernel = 3 },
      |     ^)"},
          {"layers = [\n  { kernel = 3 },\n]\n",
           R"(:8:3: This layer does not say what it is. A layer has one of conv2d, max_pool, average_pool, global_average_pool, flatten, dense, dropout, batch_norm, layer_norm, add, concatenate or activation.
    8 |   { kernel = 3 },
      |   ^)"},
          {"layers = [\n  { conv2d = 8, kernel = 3, max_pool = 2 },\n]\n",
           R"(:8:29: A layer is one thing, but this one is both 'conv2d' and 'max_pool'. Make them two layers.
    8 |   { conv2d = 8, kernel = 3, max_pool = 2 },
      |                             ^)"},
      });
}

TEST(NetworkErrorsTest, points_at_a_wrong_key_of_a_layer) {
  expect_complaints(
      &StudyText::layers,
      {
          {"layers = [\n  { conv2d = 8, kernal = 3 },\n]\n",
           R"(:8:17: The layer 'conv2d' has no key 'kernal'. Did you mean 'kernel'? Its keys are conv2d, name, from, kernel, stride, padding, bias and activation.
    8 |   { conv2d = 8, kernal = 3 },
      |                 ^)"},
          {"layers = [\n  { conv2d = 8 },\n]\n",
           R"(:8:3: The layer 'conv2d' lacks the key 'kernel'; write for instance kernel = 3.
    8 |   { conv2d = 8 },
      |   ^)"},
          {"layers = [\n  { conv2d = 8, kernel = \"five\" },\n]\n",
           R"(:8:26: 'kernel' must be an integer, or two in a list: [height, width]; it is 'five'.
    8 |   { conv2d = 8, kernel = "five" },
      |                          ^)"},
          {"layers = [\n  { conv2d = 8, kernel = [3, 3, 3] },\n]\n",
           R"(:8:26: 'kernel' must be an integer, or two in a list: [height, width]; it is a list of 3.
    8 |   { conv2d = 8, kernel = [3, 3, 3] },
      |                          ^)"},
          {"layers = [\n  { conv2d = 8, kernel = [3, 0] },\n]\n",
           R"(:8:30: 'kernel[1]' must be an integer from 1 to 2147483647; it is 0.
    8 |   { conv2d = 8, kernel = [3, 0] },
      |                              ^)"},
          {"layers = [\n  { conv2d = 8, kernel = 3, padding = \"sane\" },\n]\n",
           R"(:8:39: 'padding' must be 'valid' or 'same'; it is 'sane'. Did you mean 'same'?
    8 |   { conv2d = 8, kernel = 3, padding = "sane" },
      |                                       ^)"},
          {"layers = [\n  { conv2d = 8, kernel = 3, bias = \"no\" },\n]\n",
           R"(:8:36: 'bias' must be true or false; it is 'no'.
    8 |   { conv2d = 8, kernel = 3, bias = "no" },
      |                                    ^)"},
          {"layers = [\n  { conv2d = 8.0, kernel = 3 },\n]\n",
           R"(:8:14: 'conv2d' must be an integer from 1 to 2147483647; it is 8.0.
    8 |   { conv2d = 8.0, kernel = 3 },
      |              ^)"},
          {"layers = [\n  { flatten = true, activation = \"relu\" },\n]\n",
           R"(:8:21: The layer 'flatten' has no key 'activation'. Its keys are flatten, name and from.
    8 |   { flatten = true, activation = "relu" },
      |                     ^)"},
          {"layers = [\n  { flatten = false },\n]\n",
           R"(:8:15: 'flatten' has nothing to set: write flatten = true, or leave the layer out.
    8 |   { flatten = false },
      |               ^)"},
          {"layers = [\n  { dropout = 1.0 },\n]\n",
           R"(:8:15: 'dropout' must be a number of at least 0 and below 1; it is 1.0.
    8 |   { dropout = 1.0 },
      |               ^)"},
          {"layers = [\n  { batch_norm = { momentun = 0.9 } },\n]\n",
           R"(:8:20: 'batch_norm' has no key 'momentun'. Did you mean 'momentum'? Its keys are momentum and epsilon.
    8 |   { batch_norm = { momentun = 0.9 } },
      |                    ^)"},
          {"layers = [\n  { batch_norm = { momentum = 1 } },\n]\n",
           R"(:8:31: 'momentum' must be a number of at least 0 and below 1; it is 1.
    8 |   { batch_norm = { momentum = 1 } },
      |                               ^)"},
          {"layers = [\n  { layer_norm = { momentum = 0.9 } },\n]\n",
           R"(:8:20: 'layer_norm' has no key 'momentum'. Its only key is epsilon.
    8 |   { layer_norm = { momentum = 0.9 } },
      |                    ^)"},
          {"layers = [\n  { dense = 99999999999 },\n]\n",
           R"(:8:13: 'dense' must be an integer from 1 to 2147483647; it is 99999999999.
    8 |   { dense = 99999999999 },
      |             ^)"},
      });
}

TEST(NetworkErrorsTest, points_at_a_wrong_activation) {
  expect_complaints(
      &StudyText::layers,
      {
          {"layers = [\n  { activation = \"rellu\" },\n]\n",
           R"(:8:18: 'activation' must be 'relu', 'leaky_relu', 'tanh', 'sigmoid' or 'gelu'; it is 'rellu'. Did you mean 'relu'?
    8 |   { activation = "rellu" },
      |                  ^)"},
          {"layers = [\n  { activation = { relu = { slope = 0.1 } } },\n]\n",
           R"(:8:20: The activation relu has nothing to set: write "relu".
    8 |   { activation = { relu = { slope = 0.1 } } },
      |                    ^)"},
          {"layers = [\n  { activation = { leaky_relu = { alpha = 0.1 } } },\n]\n",
           R"(:8:35: The activation leaky_relu has no key 'alpha'. Its only key is slope.
    8 |   { activation = { leaky_relu = { alpha = 0.1 } } },
      |                                   ^)"},
          {"layers = [\n  { activation = { gelu = { approximate = \"tanh\" } } },\n]\n",
           R"(:8:43: 'approximate' must be true or false; it is 'tanh'.
    8 |   { activation = { gelu = { approximate = "tanh" } } },
      |                                           ^)"},
          {"layers = [\n  { activation = { gelu = {}, relu = {} } },\n]\n",
           R"(:8:18: An activation is one of relu, leaky_relu, tanh, sigmoid or gelu.
    8 |   { activation = { gelu = {}, relu = {} } },
      |                  ^)"},
          {"layers = [\n  { activation = { softmax = {} } },\n]\n",
           R"(:8:20: An activation has no key 'softmax'. Its keys are relu, leaky_relu, tanh, sigmoid and gelu.
    8 |   { activation = { softmax = {} } },
      |                    ^)"},
      });
}

TEST(NetworkErrorsTest, points_at_shapes_that_do_not_fit) {
  expect_complaints(
      &StudyText::layers,
      {
          {"layers = [\n  { dense = 10 },\n]\n",
           R"(:8:5: The layer 'dense_1' (dense) takes a vector, but its input 'input' has the shape (28, 28, 1). Put { flatten = true } or { global_average_pool = true } before it.
    8 |   { dense = 10 },
      |     ^)"},
          {"layers = [\n  { conv2d = 8, kernel = 29 },\n]\n",
           R"(:8:5: The layer 'conv2d_1' (conv2d) slides a window of 29 by 29 over its input 'input' of shape (28, 28, 1), which is smaller. Take a smaller window, or padding = "same".
    8 |   { conv2d = 8, kernel = 29 },
      |     ^)"},
          {"layers = [\n  { flatten = true, name = \"a\" },\n  { dense = 10, name = \"b\" },\n  { "
           "add = [\"a\", \"b\"] },\n]\n",
           R"(:10:5: The layer 'add_1' (add) adds inputs of equal shape, but 'a' has the shape (784) and 'b' has (10).
   10 |   { add = ["a", "b"] },
      |     ^)"},
          {"layers = [\n  { flatten = true },\n  { dense = 1000000000 },\n]\n",
           R"(:9:5: The layer 'dense_1' (dense) would have a kernel of shape (784, 1000000000); a tensor has at most 2147483647 elements.
    9 |   { dense = 1000000000 },
      |     ^)"},
          {"layers = [\n  { conv2d = 8, kernel = 3 },\n]\n",
           R"(:8:3: The last layer gives the shape (26, 26, 8), but it must give one number for each of two or more classes, as { dense = 10 } does.
    8 |   { conv2d = 8, kernel = 3 },
      |   ^)"},
          {"layers = [\n  { flatten = true },\n  { dense = 1 },\n]\n",
           R"(:9:3: The last layer gives the shape (1), but it must give one number for each of two or more classes, as { dense = 10 } does.
    9 |   { dense = 1 },
      |   ^)"},
          {"layers = [\n  { flatten = true },\n]\n",
           R"(:7:10: No layer of this network has anything to learn.
    7 | layers = [
      |          ^)"},
      });
}

TEST(NetworkErrorsTest, points_at_wrong_names) {
  expect_complaints(
      &StudyText::layers,
      {
          {"layers = [\n  { flatten = true, name = \"stem\" },\n  { add = [\"stem\", \"sten\"] "
           "},\n]\n",
           R"(:9:20: No layer before this one is named 'sten'. Did you mean 'stem'?
    9 |   { add = ["stem", "sten"] },
      |                    ^)"},
          {"layers = [\n  { flatten = true, name = \"stem\" },\n  { add = [\"stem\"] },\n]\n",
           R"(:9:11: 'add' must be a list of two or more layers' names; it is a list of 1.
    9 |   { add = ["stem"] },
      |           ^)"},
          {"layers = [\n  { flatten = true },\n  { dense = 10, from = [\"a\", \"b\"] },\n]\n",
           R"(:9:24: This layer takes one input. Only 'add' and 'concatenate' take several.
    9 |   { dense = 10, from = ["a", "b"] },
      |                        ^)"},
          {"layers = [\n  { flatten = true, from = \"dense_1\" },\n  { dense = 10 },\n]\n",
           R"(:8:28: No layer before this one is named 'dense_1'.
    8 |   { flatten = true, from = "dense_1" },
      |                            ^)"},
          {"layers = [\n  { flatten = true, name = \"a\" },\n  { dense = 10, name = \"a\" },\n]\n",
           R"(:9:24: Two layers are named 'a'.
    9 |   { dense = 10, name = "a" },
      |                        ^)"},
          {"layers = [\n  { flatten = true, name = \"dense_1\" },\n  { dense = 10 },\n]\n",
           R"(:9:5: This layer's automatic name 'dense_1' is already the name of a layer. Name one of them otherwise.
    9 |   { dense = 10 },
      |     ^)"},
          {"layers = [\n  { flatten = true, name = \"a/b\" },\n  { dense = 10 },\n]\n",
           R"(:8:28: 'name' must be a letter followed by letters, digits and '_', at most 64 in all, and not 'input'; it is 'a/b'.
    8 |   { flatten = true, name = "a/b" },
      |                            ^)"},
          {"layers = [\n  { flatten = true, name = \"a\" },\n  { dense = 5 },\n  { dense = 10, "
           "from = \"a\" },\n]\n",
           R"(:9:3: No layer takes the output of 'dense_1', and it is not the last layer.
    9 |   { dense = 5 },
      |   ^)"},
      });
}

}  // namespace
}  // namespace plumbline
