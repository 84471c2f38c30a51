#include <gtest/gtest.h>

#include "study/study_text.h"

namespace plumbline {
namespace {

Study with_head(const std::string& line) {
  StudyText text;
  text.head += line;
  return parsed(text.whole());
}

Study with_layers(const std::string& layers) {
  StudyText text;
  text.layers = "layers = [\n" + layers + "]\n";
  return parsed(text.whole());
}

Recipe with_recipe(const std::string& lines) {
  StudyText text;
  text.recipe += lines;
  return parsed(text.whole()).stacks.front().recipe;
}

Optimizer with_optimizer(const std::string& value) {
  StudyText text;
  text.recipe =
      "loss = \"softmax_cross_entropy\"\nbatch = 50\nsteps = 10\noptimizer = " + value + "\n";
  return parsed(text.whole()).stacks.front().recipe.optimizer;
}

template <typename Kind>
Kind operation_at(const Study& study, std::size_t index) {
  return std::get<Kind>(study.network.layers.at(index).operation);
}

TEST(StudyFileTest, leaves_what_is_not_said_at_its_default) {
  const Study study = parsed(StudyText{}.whole());
  EXPECT_EQ(study.name, "a");
  EXPECT_EQ(study.question, "Does it work?");
  EXPECT_EQ(study.text, StudyText{}.whole());
  EXPECT_EQ(study.threads, std::nullopt);
  EXPECT_EQ(study.trial_timeout_seconds, 3600);
  EXPECT_EQ(study.memory_limit_bytes, std::nullopt);
  ASSERT_EQ(study.stacks.size(), 2U);
  EXPECT_EQ(study.stacks[0].name, "native");
  EXPECT_EQ(study.stacks[1].name, "pytorch");
  EXPECT_EQ(study.stacks[1].folder, std::nullopt);
  EXPECT_EQ(study.stacks[1].device, Device::Cpu);
  const Recipe& recipe = study.stacks[0].recipe;
  EXPECT_EQ(recipe.loss, Loss::SoftmaxCrossEntropy);
  EXPECT_EQ(recipe.optimizer.kind, OptimizerKind::Sgd);
  EXPECT_EQ(recipe.optimizer.learning_rate, std::nullopt);
  EXPECT_EQ(recipe.batch, 50);
  EXPECT_EQ(recipe.steps, 10);
  EXPECT_EQ(recipe.epochs, std::nullopt);
  EXPECT_TRUE(recipe.shuffle);
  EXPECT_FALSE(recipe.drop_last_batch);
  EXPECT_EQ(recipe.training_images, std::nullopt);
  EXPECT_TRUE(std::holds_alternative<DefaultWeights>(recipe.weights));
  EXPECT_TRUE(std::holds_alternative<DefaultWeights>(recipe.biases));
  EXPECT_EQ(recipe.input_scaling.factor, 1.0 / 255.0);
}

TEST(StudyFileTest, reads_seeds_as_a_number_or_a_list) {
  StudyText text;
  EXPECT_EQ(parsed(text.whole()).seeds, (std::vector<std::uint64_t>{0, 1}));
  text.head =
      "question = \"a\"\ndata = [\"mnist\"]\nstacks = [\"native\"]\nseeds = [7, 0, 4294967295]\n";
  EXPECT_EQ(parsed(text.whole()).seeds, (std::vector<std::uint64_t>{7, 0, 4294967295}));
}

TEST(StudyFileTest, reads_how_stacks_are_compared) {
  StudyText text;
  const ComparisonRules silent = parsed(text.whole()).comparison;
  EXPECT_EQ(silent.accuracy_margin_points, std::nullopt);
  EXPECT_EQ(silent.time_margin_percent, std::nullopt);
  EXPECT_EQ(silent.confidence, 0.95);
  EXPECT_EQ(silent.max_seeds, 40U);
  EXPECT_EQ(silent.reference, std::nullopt);
  text.tail =
      "[comparison]\naccuracy_margin_points = 0.2\ntime_margin_percent = 5\nconfidence = 0.9\n"
      "max_seeds = 30\nreference = \"pytorch\"\n";
  const ComparisonRules said = parsed(text.whole()).comparison;
  EXPECT_EQ(said.accuracy_margin_points, 0.2);
  EXPECT_EQ(said.time_margin_percent, 5);
  EXPECT_EQ(said.confidence, 0.9);
  EXPECT_EQ(said.max_seeds, 30U);
  EXPECT_EQ(said.reference, "pytorch");
}

TEST(StudyFileTest, never_limits_a_study_below_its_own_seeds) {
  StudyText text;
  text.head.replace(text.head.find("seeds = 2"), 9, "seeds = 60");
  EXPECT_EQ(parsed(text.whole()).comparison.max_seeds, 60U);
}

TEST(StudyFileTest, reads_limits) {
  EXPECT_EQ(with_head("threads = 3\n").threads, 3);
  EXPECT_EQ(with_head("trial_timeout_seconds = 0.5\n").trial_timeout_seconds, 0.5);
  EXPECT_EQ(with_head("trial_timeout_seconds = 60\n").trial_timeout_seconds, 60);
  struct Case {
    const char* text;
    std::int64_t expected;
  };
  for (const Case& test : std::vector<Case>{{"2000000000", 2'000'000'000},
                                            {"\"8 GB\"", 8'000'000'000},
                                            {"\"8GiB\"", 8'589'934'592},
                                            {"\"1.5 GB\"", 1'500'000'000},
                                            {"\"500 MB\"", 500'000'000},
                                            {"\"1048576 B\"", 1'048'576},
                                            {"\"1024 KiB\"", 1'048'576},
                                            {"\"2000000\"", 2'000'000}}) {
    EXPECT_EQ(with_head(std::string("memory_limit = ") + test.text + "\n").memory_limit_bytes,
              test.expected)
        << test.text;
  }
}

TEST(StudyFileTest, reads_data_as_names_paths_and_tables) {
  StudyText text;
  text.head =
      "question = \"a\"\nseeds = 1\nstacks = [\"native\"]\n"
      "data = [\"fashion-mnist\", \"own/digits.csv.gz\", \"../images/\", \"/abs/set.npz\",\n"
      "  { path = \"irises.csv\", label_column = \"species\" }, { name = \"mine\", path = \"./x "
      "y\" }]\n";
  const auto data = parsed(text.whole()).data;
  ASSERT_EQ(data.size(), 6U);
  EXPECT_EQ(data[0].name, "fashion-mnist");
  EXPECT_EQ(data[0].path, std::nullopt);
  EXPECT_EQ(data[1].name, "digits");
  EXPECT_EQ(data[1].path, "/studies/own/digits.csv.gz");
  EXPECT_EQ(data[2].name, "images");
  EXPECT_EQ(data[2].path, "/images/");
  EXPECT_EQ(data[3].name, "set");
  EXPECT_EQ(data[3].path, "/abs/set.npz");
  EXPECT_EQ(data[4].name, "irises");
  EXPECT_EQ(data[4].path, "/studies/irises.csv");
  EXPECT_EQ(data[4].label_column, "species");
  EXPECT_EQ(data[5].name, "mine");
  EXPECT_EQ(data[5].path, "/studies/x y");
  EXPECT_EQ(data[5].label_column, "");
}

TEST(StudyFileTest, reads_stacks_as_names_and_folders) {
  StudyText text;
  text.head =
      "question = \"a\"\ndata = [\"mnist\"]\nseeds = 1\n"
      "stacks = [\"tensorflow-1.4\", \"./my_stack\", \"../other/\", \"/opt/third\"]\n"
      "stack.my_stack.device = \"cuda\"\n";
  const auto stacks = parsed(text.whole()).stacks;
  ASSERT_EQ(stacks.size(), 4U);
  EXPECT_EQ(stacks[0].name, "tensorflow-1.4");
  EXPECT_EQ(stacks[1].name, "my_stack");
  EXPECT_EQ(stacks[1].folder, "/studies/my_stack");
  EXPECT_EQ(stacks[1].device, Device::Cuda);
  EXPECT_EQ(stacks[2].name, "other");
  EXPECT_EQ(stacks[2].folder, "/other");
  EXPECT_EQ(stacks[2].device, Device::Cpu);
  EXPECT_EQ(stacks[3].folder, "/opt/third");
}

TEST(StudyFileTest, resolves_paths_against_the_folder_of_a_relative_study_too) {
  StudyText text;
  text.head = "question = \"a\"\ndata = [\"./x.npz\"]\nseeds = 1\nstacks = [\"native\"]\n";
  const Study study = parse_study(text.whole(), "somewhere/a.toml");
  EXPECT_EQ(study.data[0].path, std::filesystem::current_path() / "somewhere/x.npz");
}

TEST(StudyFileTest, lays_a_stacks_own_recipe_over_the_studys) {
  StudyText text;
  text.recipe += "weights = \"he_normal\"\n";
  text.tail =
      "[stack.pytorch]\ndevice = \"cuda\"\n"
      "[stack.pytorch.recipe]\noptimizer = { sgd = { learning_rate = 0.5 } }\nepochs = 2\nshuffle "
      "= false\n";
  const Study study = parsed(text.whole());
  const Recipe& native = study.stacks[0].recipe;
  const Recipe& pytorch = study.stacks[1].recipe;
  EXPECT_EQ(native.optimizer.learning_rate, std::nullopt);
  EXPECT_EQ(native.steps, 10);
  EXPECT_TRUE(native.shuffle);
  EXPECT_EQ(study.stacks[0].device, Device::Cpu);
  EXPECT_EQ(pytorch.optimizer.learning_rate, 0.5);
  EXPECT_EQ(pytorch.steps, std::nullopt) << "epochs take the place of steps";
  EXPECT_EQ(pytorch.epochs, 2);
  EXPECT_FALSE(pytorch.shuffle);
  EXPECT_EQ(pytorch.batch, 50);
  EXPECT_EQ(std::get<Initialiser>(pytorch.weights).kind, InitialiserKind::HeNormal);
  EXPECT_EQ(study.stacks[1].device, Device::Cuda);
}

TEST(StudyFileTest, reads_conv2d) {
  const Study study = with_layers(
      "  { conv2d = 4, kernel = 3 },\n"
      "  { conv2d = 5, kernel = [3, 1], stride = [2, 1], padding = \"same\", bias = false, "
      "activation = "
      "\"tanh\" },\n"
      "  { conv2d = 6, kernel = 1, stride = 2 },\n"
      "  { flatten = true },\n  { dense = 10 },\n");
  const auto first = operation_at<Conv2d>(study, 0);
  EXPECT_EQ(first.filters, 4);
  EXPECT_EQ(first.kernel, (std::array<std::int64_t, 2>{3, 3}));
  EXPECT_EQ(first.stride, (std::array<std::int64_t, 2>{1, 1}));
  EXPECT_EQ(first.padding, Padding::Valid);
  EXPECT_TRUE(first.bias);
  EXPECT_FALSE(first.activation.has_value());
  const auto second = operation_at<Conv2d>(study, 1);
  EXPECT_EQ(second.kernel, (std::array<std::int64_t, 2>{3, 1}));
  EXPECT_EQ(second.stride, (std::array<std::int64_t, 2>{2, 1}));
  EXPECT_EQ(second.padding, Padding::Same);
  EXPECT_FALSE(second.bias);
  EXPECT_EQ(second.activation.value().kind, ActivationKind::Tanh);
  EXPECT_EQ(operation_at<Conv2d>(study, 2).stride, (std::array<std::int64_t, 2>{2, 2}));
  EXPECT_EQ(study.network.layers[1].output_shape, (Shape{13, 26, 5}));
}

TEST(StudyFileTest, reads_pools_whose_stride_is_their_size_unless_said) {
  const Study study = with_layers(
      "  { max_pool = 2 },\n"
      "  { max_pool = [3, 2], stride = 1, padding = \"same\" },\n"
      "  { average_pool = [2, 3] },\n"
      "  { global_average_pool = true },\n  { dense = 10 },\n");
  EXPECT_EQ(operation_at<MaxPool>(study, 0).size, (std::array<std::int64_t, 2>{2, 2}));
  EXPECT_EQ(operation_at<MaxPool>(study, 0).stride, (std::array<std::int64_t, 2>{2, 2}));
  EXPECT_EQ(operation_at<MaxPool>(study, 1).size, (std::array<std::int64_t, 2>{3, 2}));
  EXPECT_EQ(operation_at<MaxPool>(study, 1).stride, (std::array<std::int64_t, 2>{1, 1}));
  EXPECT_EQ(operation_at<MaxPool>(study, 1).padding, Padding::Same);
  EXPECT_EQ(operation_at<AveragePool>(study, 2).stride, (std::array<std::int64_t, 2>{2, 3}));
  EXPECT_EQ(operation_name(study.network.layers[3].operation), "global_average_pool");
}

TEST(StudyFileTest, reads_norms_and_dropout) {
  const Study study = with_layers(
      "  { batch_norm = true },\n"
      "  { batch_norm = { momentum = 0.9, epsilon = 1e-3 } },\n"
      "  { layer_norm = true },\n"
      "  { layer_norm = { epsilon = 0 } },\n"
      "  { flatten = true },\n  { dropout = 0 },\n  { dropout = 0.25 },\n  { dense = 10, bias = "
      "false },\n");
  EXPECT_EQ(operation_at<BatchNorm>(study, 0).momentum, std::nullopt);
  EXPECT_EQ(operation_at<BatchNorm>(study, 0).epsilon, std::nullopt);
  EXPECT_EQ(operation_at<BatchNorm>(study, 1).momentum, 0.9);
  EXPECT_EQ(operation_at<BatchNorm>(study, 1).epsilon, 1e-3);
  EXPECT_EQ(operation_at<LayerNorm>(study, 2).epsilon, std::nullopt);
  EXPECT_EQ(operation_at<LayerNorm>(study, 3).epsilon, 0);
  EXPECT_EQ(operation_at<Dropout>(study, 5).rate, 0);
  EXPECT_EQ(operation_at<Dropout>(study, 6).rate, 0.25);
  EXPECT_FALSE(operation_at<Dense>(study, 7).bias);
}

TEST(StudyFileTest, reads_activations_as_words_tables_and_layers) {
  const Study study = with_layers(
      "  { flatten = true },\n"
      "  { dense = 4, activation = \"sigmoid\" },\n"
      "  { dense = 4, activation = { leaky_relu = { slope = 0.1 } } },\n"
      "  { dense = 4, activation = \"leaky_relu\" },\n"
      "  { activation = { gelu = { approximate = true } } },\n"
      "  { activation = \"gelu\" },\n"
      "  { dense = 10, activation = { relu = {} } },\n");
  EXPECT_EQ(operation_at<Dense>(study, 1).activation.value().kind, ActivationKind::Sigmoid);
  EXPECT_EQ(operation_at<Dense>(study, 2).activation.value().slope, 0.1);
  EXPECT_EQ(operation_at<Dense>(study, 3).activation.value().slope, std::nullopt);
  EXPECT_EQ(operation_at<ActivationLayer>(study, 4).activation.approximate, true);
  EXPECT_EQ(operation_at<ActivationLayer>(study, 5).activation.approximate, std::nullopt);
  EXPECT_EQ(operation_at<Dense>(study, 6).activation.value().kind, ActivationKind::Relu);
}

TEST(StudyFileTest, connects_layers_by_name) {
  const Study study = with_layers(
      "  { conv2d = 1, kernel = 1, name = \"stem\" },\n"
      "  { conv2d = 1, kernel = 1 },\n"
      "  { conv2d = 1, kernel = 1, from = \"stem\" },\n"
      "  { conv2d = 1, kernel = 1, from = [\"input\"] },\n"
      "  { add = [\"conv2d_2\", \"conv2d_3\"] },\n"
      "  { concatenate = [\"add_1\", \"input\", \"conv2d_4\"], name = \"both\" },\n"
      "  { flatten = true },\n  { dense = 10 },\n");
  const auto& layers = study.network.layers;
  std::vector<std::string> names;
  for (const Layer& layer : layers) {
    names.push_back(layer.name);
  }
  EXPECT_EQ(
      names,
      (std::vector<std::string>{
          "stem", "conv2d_2", "conv2d_3", "conv2d_4", "add_1", "both", "flatten_1", "dense_1"}));
  EXPECT_EQ(layers[0].inputs, (std::vector<std::string>{"input"}));
  EXPECT_EQ(layers[1].inputs, (std::vector<std::string>{"stem"}));
  EXPECT_EQ(layers[2].inputs, (std::vector<std::string>{"stem"}));
  EXPECT_EQ(layers[3].inputs, (std::vector<std::string>{"input"}));
  EXPECT_EQ(layers[4].inputs, (std::vector<std::string>{"conv2d_2", "conv2d_3"}));
  EXPECT_EQ(layers[5].inputs, (std::vector<std::string>{"add_1", "input", "conv2d_4"}));
  EXPECT_EQ(layers[5].output_shape, (Shape{28, 28, 3}));
  EXPECT_EQ(layers[6].inputs, (std::vector<std::string>{"both"}));
}

TEST(StudyFileTest, takes_layers_as_tables_of_their_own) {
  StudyText text;
  text.layers = "[[network.layers]]\nflatten = true\n[[network.layers]]\ndense = 10\n";
  EXPECT_EQ(parsed(text.whole()).network.layers.size(), 2U);
}

TEST(StudyFileTest, takes_a_vector_as_input) {
  StudyText text;
  text.input = "input = [4]\n";
  text.layers = "layers = [{ dense = 3 }]\n";
  EXPECT_EQ(parsed(text.whole()).network.input, (Shape{4}));
}

TEST(StudyFileTest, reads_every_optimizer) {
  const Optimizer sgd = with_optimizer(
      "{ sgd = { learning_rate = 1, momentum = 0.9, nesterov = true, weight_decay = 1e-4 } }");
  EXPECT_EQ(sgd.kind, OptimizerKind::Sgd);
  EXPECT_EQ(sgd.learning_rate, 1);
  EXPECT_EQ(sgd.momentum, 0.9);
  EXPECT_EQ(sgd.nesterov, true);
  EXPECT_EQ(sgd.weight_decay, 1e-4);
  const Optimizer adam = with_optimizer("{ adam = { beta_1 = 0, beta_2 = 0.99, epsilon = 1e-8 } }");
  EXPECT_EQ(adam.kind, OptimizerKind::Adam);
  EXPECT_EQ(adam.beta_1, 0);
  EXPECT_EQ(adam.beta_2, 0.99);
  EXPECT_EQ(adam.epsilon, 1e-8);
  EXPECT_EQ(adam.learning_rate, std::nullopt);
  const Optimizer rmsprop = with_optimizer("{ rmsprop = { rho = 0.9, momentum = 0.5 } }");
  EXPECT_EQ(rmsprop.kind, OptimizerKind::RmsProp);
  EXPECT_EQ(rmsprop.rho, 0.9);
  EXPECT_EQ(rmsprop.momentum, 0.5);
  const Optimizer adagrad = with_optimizer("{ adagrad = { initial_accumulator = 0.1 } }");
  EXPECT_EQ(adagrad.kind, OptimizerKind::Adagrad);
  EXPECT_EQ(adagrad.initial_accumulator, 0.1);
  EXPECT_EQ(with_optimizer("{ adadelta = { rho = 0.95 } }").rho, 0.95);
  EXPECT_EQ(with_optimizer("{ adamw = {} }").kind, OptimizerKind::AdamW);
  EXPECT_EQ(with_optimizer("\"adadelta\"").kind, OptimizerKind::Adadelta);
}

TEST(StudyFileTest, reads_the_rest_of_a_recipe) {
  const Recipe recipe =
      with_recipe("shuffle = false\nlast_batch = \"drop\"\ntraining_images = 6000\n");
  EXPECT_FALSE(recipe.shuffle);
  EXPECT_TRUE(recipe.drop_last_batch);
  EXPECT_EQ(recipe.training_images, 6000);
  EXPECT_FALSE(with_recipe("last_batch = \"keep\"\n").drop_last_batch);
}

TEST(StudyFileTest, reads_every_initialiser) {
  for (const char* word : {"zeros",
                           "glorot_uniform",
                           "glorot_normal",
                           "he_uniform",
                           "he_normal",
                           "lecun_uniform",
                           "lecun_normal"}) {
    const Recipe recipe = with_recipe(std::string("weights = \"") + word + "\"\n");
    EXPECT_STREQ(initialiser_name(std::get<Initialiser>(recipe.weights).kind), word);
  }
  const auto constant =
      std::get<Initialiser>(with_recipe("weights = { constant = { value = -2 } }\n").weights);
  EXPECT_EQ(constant.kind, InitialiserKind::Constant);
  EXPECT_EQ(constant.value, -2);
  const auto normal = std::get<Initialiser>(
      with_recipe("weights = { normal = { mean = 1, stddev = 2 } }\n").weights);
  EXPECT_EQ(normal.kind, InitialiserKind::Normal);
  EXPECT_EQ(normal.mean, 1);
  EXPECT_EQ(normal.stddev, 2);
  const auto truncated = std::get<Initialiser>(
      with_recipe("weights = { truncated_normal = { stddev = 0.1 } }\n").weights);
  EXPECT_EQ(truncated.kind, InitialiserKind::TruncatedNormal);
  EXPECT_EQ(truncated.mean, 0);
  EXPECT_EQ(truncated.stddev, 0.1);
  const auto bias =
      std::get<Initialiser>(with_recipe("biases = { constant = { value = 0.1 } }\n").biases);
  EXPECT_EQ(bias.value, 0.1);
  EXPECT_TRUE(std::holds_alternative<DefaultWeights>(
      with_recipe("weights = \"default\"\nbiases = \"default\"\n").biases));
}

TEST(StudyFileTest, reads_a_checkpoint_with_a_map_of_names) {
  const Recipe recipe = with_recipe(
      "weights = { checkpoint = \"../w.safetensors\", names = { \"dense_1/kernel\" = \"fc.weight\" "
      "} }\n");
  const auto& checkpoint = std::get<Checkpoint>(recipe.weights);
  EXPECT_EQ(checkpoint.path, "/w.safetensors");
  EXPECT_EQ(checkpoint.names,
            (std::map<std::string, std::string>{{"dense_1/kernel", "fc.weight"}}));
}

TEST(StudyFileTest, reads_input_scaling_as_a_word_or_a_table) {
  struct Case {
    const char* text;
    InputScaling expected;
  };
  for (const Case& test : std::vector<Case>{
           {"\"unit\"", {1.0 / 255.0, 0, 1}},
           {"\"symmetric\"", {1.0 / 255.0, 0.5, 0.5}},
           {"\"none\"", {1, 0, 1}},
           {"{ mean = 0.1307, stddev = 0.3081 }", {1.0 / 255.0, 0.1307, 0.3081}},
           {"{ factor = 2, mean = -1 }", {2, -1, 1}},
       }) {
    const InputScaling read =
        with_recipe(std::string("input_scaling = ") + test.text + "\n").input_scaling;
    EXPECT_EQ(read.factor, test.expected.factor) << test.text;
    EXPECT_EQ(read.mean, test.expected.mean) << test.text;
    EXPECT_EQ(read.stddev, test.expected.stddev) << test.text;
  }
}

TEST(StudyFileTest, takes_known_names_where_the_caller_knows_them) {
  const Vocabulary known{{"mnist", "fashion-mnist"}, {"native", "pytorch"}};
  EXPECT_EQ(complaint(StudyText{}.whole(), known), "");
}

}  // namespace
}  // namespace plumbline
