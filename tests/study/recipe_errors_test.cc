#include <gtest/gtest.h>

#include "study/study_text.h"

// The messages of wrong studies, whole and exact but for the name of the file, which comes first.

namespace plumbline {
namespace {

TEST(RecipeErrorsTest, points_at_a_missing_part_of_a_recipe) {
  expect_complaints(
      &StudyText::recipe,
      {
          {"",
           R"(:11:1: [recipe] lacks the key 'loss'; write for instance loss = "softmax_cross_entropy".
   11 | [recipe]
      | ^)"},
          {"loss = \"mean_squared_error\"\noptimizer = \"sgd\"\nbatch = 1\n",
           R"(:11:1: [recipe] lacks the key 'steps'; write for instance steps = 1000, or epochs = 1.
   11 | [recipe]
      | ^)"},
          {"loss = \"mse\"\n",
           R"(:12:8: 'loss' must be 'softmax_cross_entropy' or 'mean_squared_error'; it is 'mse'.
   12 | loss = "mse"
      |        ^)"},
      });
}

TEST(RecipeErrorsTest, points_at_a_wrong_part_of_a_recipe) {
  expect_complaints(
      &StudyText::recipe,
      {
          {"epochs = 5\n",
           R"(:15:1: A recipe has either 'epochs' or 'steps', not both.
   15 | steps = 10
      | ^)"},
          {"epoch = 5\n",
           R"(:16:1: [recipe] has no key 'epoch'. Did you mean 'epochs'? Its keys are loss, optimizer, batch, epochs, steps, shuffle, last_batch, training_images, weights, biases and input_scaling.
   16 | epoch = 5
      | ^)"},
          {"shuffle = 1\n",
           R"(:16:11: 'shuffle' must be true or false; it is 1.
   16 | shuffle = 1
      |           ^)"},
          {"last_batch = \"dropp\"\n",
           R"(:16:14: 'last_batch' must be 'keep' or 'drop'; it is 'dropp'. Did you mean 'drop'?
   16 | last_batch = "dropp"
      |              ^)"},
          {"last_batch = \"drop\"\ntraining_images = 49\n",
           R"(:17:19: 49 training images do not fill one batch of 50, and last_batch = "drop" leaves nothing to train on.
   17 | training_images = 49
      |                   ^)"},
          {"training_images = 0\n",
           R"(:16:19: 'training_images' must be an integer from 1 to 1000000000; it is 0.
   16 | training_images = 0
      |                   ^)"},
          {"input_scaling = \"unti\"\n",
           R"(:16:17: 'input_scaling' must be 'unit', 'symmetric' or 'none'; it is 'unti'. Did you mean 'unit'?
   16 | input_scaling = "unti"
      |                 ^)"},
          {"input_scaling = { stddev = 0 }\n",
           R"(:16:28: 'stddev' must be a number above 0; it is 0.
   16 | input_scaling = { stddev = 0 }
      |                            ^)"},
          {"input_scaling = { mean = nan }\n",
           R"(:16:26: 'mean' must be a finite number; it is nan.
   16 | input_scaling = { mean = nan }
      |                          ^)"},
      },
      kWholeRecipe);
}

TEST(RecipeErrorsTest, points_at_a_wrong_optimizer) {
  expect_complaints(
      &StudyText::recipe,
      {
          {"loss = \"mean_squared_error\"\nbatch = 1\nsteps = 1\noptimizer = \"adm\"\n",
           R"(:15:13: 'optimizer' must be 'sgd', 'adam', 'adamw', 'rmsprop', 'adagrad' or 'adadelta'; it is 'adm'. Did you mean 'adam'?
   15 | optimizer = "adm"
      |             ^)"},
          {"loss = \"mean_squared_error\"\nbatch = 1\nsteps = 1\noptimizer = 5\n",
           R"(:15:13: 'optimizer' must be 'sgd', 'adam', 'adamw', 'rmsprop', 'adagrad' or 'adadelta'; it is 5.
   15 | optimizer = 5
      |             ^)"},
          {"loss = \"mean_squared_error\"\nbatch = 1\nsteps = 1\noptimizer = { adam = { momentum = "
           "0.9 } }\n",
           R"(:15:24: The optimizer adam has no key 'momentum'. Its keys are learning_rate, beta_1, beta_2, epsilon and weight_decay.
   15 | optimizer = { adam = { momentum = 0.9 } }
      |                        ^)"},
          {"loss = \"mean_squared_error\"\nbatch = 1\nsteps = 1\noptimizer = { adam = { "
           "learning_rte = 0.9 } }\n",
           R"(:15:24: The optimizer adam has no key 'learning_rte'. Did you mean 'learning_rate'? Its keys are learning_rate, beta_1, beta_2, epsilon and weight_decay.
   15 | optimizer = { adam = { learning_rte = 0.9 } }
      |                        ^)"},
          {"loss = \"mean_squared_error\"\nbatch = 1\nsteps = 1\noptimizer = { adam = { "
           "learning_rate = 0 } }\n",
           R"(:15:40: 'learning_rate' must be a number above 0; it is 0.
   15 | optimizer = { adam = { learning_rate = 0 } }
      |                                        ^)"},
          {"loss = \"mean_squared_error\"\nbatch = 1\nsteps = 1\noptimizer = { adam = { "
           "learning_rate = \"1e-3\" } }\n",
           R"(:15:40: 'learning_rate' must be a number above 0; it is '1e-3'.
   15 | optimizer = { adam = { learning_rate = "1e-3" } }
      |                                        ^)"},
          {"loss = \"mean_squared_error\"\nbatch = 1\nsteps = 1\noptimizer = { adam = { beta_1 = 1 "
           "} }\n",
           R"(:15:33: 'beta_1' must be a number of at least 0 and below 1; it is 1.
   15 | optimizer = { adam = { beta_1 = 1 } }
      |                                 ^)"},
          {"loss = \"mean_squared_error\"\nbatch = 1\nsteps = 1\noptimizer = { adam = 0.1 }\n",
           R"(:15:22: 'adam' must be a table; it is 0.1.
   15 | optimizer = { adam = 0.1 }
      |                      ^)"},
          {"loss = \"mean_squared_error\"\nbatch = 1\nsteps = 1\noptimizer = { sgd = { nesterov = "
           "true } }\n",
           R"(:15:34: nesterov = true needs a momentum above 0.
   15 | optimizer = { sgd = { nesterov = true } }
      |                                  ^)"},
          {"loss = \"mean_squared_error\"\nbatch = 1\nsteps = 1\noptimizer = { sgd = {}, adam = {} "
           "}\n",
           R"(:15:13: An optimizer is one of sgd, adam, adamw, rmsprop, adagrad or adadelta.
   15 | optimizer = { sgd = {}, adam = {} }
      |             ^)"},
          {"loss = \"mean_squared_error\"\nbatch = 1\nsteps = 1\noptimizer = { sgdd = {} }\n",
           R"(:15:15: An optimizer has no key 'sgdd'. Did you mean 'sgd'? Its keys are sgd, adam, adamw, rmsprop, adagrad and adadelta.
   15 | optimizer = { sgdd = {} }
      |               ^)"},
      });
}

TEST(RecipeErrorsTest, points_at_wrong_initial_values) {
  expect_complaints(
      &StudyText::recipe,
      {
          {"weights = \"he_norml\"\n",
           R"(:16:11: 'weights' must be 'default', 'zeros', 'constant', 'normal', 'truncated_normal', 'glorot_uniform', 'glorot_normal', 'he_uniform', 'he_normal', 'lecun_uniform' or 'lecun_normal'; it is 'he_norml'. Did you mean 'he_normal'?
   16 | weights = "he_norml"
      |           ^)"},
          {"weights = 5\n",
           R"(:16:11: 'weights' must be 'default', 'zeros', 'constant', 'normal', 'truncated_normal', 'glorot_uniform', 'glorot_normal', 'he_uniform', 'he_normal', 'lecun_uniform' or 'lecun_normal'; it is 5.
   16 | weights = 5
      |           ^)"},
          {"weights = \"constant\"\n",
           R"(:16:11: 'constant' needs its value; write for instance { constant = { value = 0.1 } }.
   16 | weights = "constant"
      |           ^)"},
          {"weights = { truncated_normal = { mean = 0 } }\n",
           R"(:16:32: The initialiser truncated_normal lacks the key 'stddev'; write for instance stddev = 0.1.
   16 | weights = { truncated_normal = { mean = 0 } }
      |                                ^)"},
          {"weights = { normal = { stddev = 0 } }\n",
           R"(:16:33: 'stddev' must be a number above 0; it is 0.
   16 | weights = { normal = { stddev = 0 } }
      |                                 ^)"},
          {"weights = { zeros = {} }\n",
           R"(:16:13: The initialiser zeros has nothing to set: write "zeros".
   16 | weights = { zeros = {} }
      |             ^)"},
          {"weights = { he = {} }\n",
           R"(:16:13: 'weights' has no key 'he'. Its keys are zeros, constant, normal, truncated_normal, glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_uniform and lecun_normal.
   16 | weights = { he = {} }
      |             ^)"},
          {"weights = { names = {} }\n",
           R"(:16:11: 'weights' lacks the key 'checkpoint'; write for instance checkpoint = "weights.safetensors".
   16 | weights = { names = {} }
      |           ^)"},
          {"weights = { checkpoint = \"w\", names = { \"dense_1/kernle\" = \"w\" } }\n",
           R"(:16:41: The network has no parameter 'dense_1/kernle'. Did you mean 'dense_1/kernel'?
   16 | weights = { checkpoint = "w", names = { "dense_1/kernle" = "w" } }
      |                                         ^)"},
          {"weights = { checkpoint = \"w\" }\nbiases = \"zeros\"\n",
           R"(:17:10: A checkpoint holds the biases too: leave 'biases' out.
   17 | biases = "zeros"
      |          ^)"},
          {"biases = \"he_normal\"\n",
           R"(:16:10: 'he_normal' depends on the number of inputs and outputs of a kernel, which a bias does not have. Take zeros, constant, normal or truncated_normal.
   16 | biases = "he_normal"
      |          ^)"},
          {"biases = \"zeroes\"\n",
           R"(:16:10: 'biases' must be 'default', 'zeros', 'constant', 'normal' or 'truncated_normal'; it is 'zeroes'. Did you mean 'zeros'?
   16 | biases = "zeroes"
      |          ^)"},
          {"biases = { checkpoint = \"w\" }\n",
           R"(:16:12: 'biases' has no key 'checkpoint'. Its keys are zeros, constant, normal, truncated_normal, glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_uniform and lecun_normal.
   16 | biases = { checkpoint = "w" }
      |            ^)"},
      },
      kWholeRecipe);
}

}  // namespace
}  // namespace plumbline
