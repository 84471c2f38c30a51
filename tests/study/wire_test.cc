#include "study/wire.h"

#include <gtest/gtest.h>

#include "study/study_text.h"

namespace plumbline {
namespace {

using nlohmann::json;

Study study_of(const std::string& layers, const std::string& recipe) {
  StudyText text;
  text.layers = "layers = [" + layers + "]\n";
  text.recipe = recipe;
  return parsed(text.whole());
}

const char* const kRecipe =
    "loss = \"softmax_cross_entropy\"\noptimizer = { adam = { learning_rate = 1e-4 } }\nbatch = "
    "50\n"
    "steps = 120\nweights = { truncated_normal = { stddev = 0.1 } }\nbiases = { constant = { value "
    "= 0.1 } "
    "}\n";

TEST(WireTest, writes_a_network_in_a_fixed_order) {
  const Study study = study_of(
      "{ conv2d = 2, kernel = 5, padding = \"same\", activation = \"relu\" }, { max_pool = 2 }, "
      "{ batch_norm = { momentum = 0.9 } }, { layer_norm = true }, { activation = { gelu = { "
      "approximate = "
      "true } } }, { add = [\"max_pool_1\", \"activation_1\"] }, { dropout = 0.5 }, { flatten = "
      "true }, "
      "{ dense = 10, bias = false }",
      kRecipe);
  EXPECT_EQ(
      to_wire(study.network).dump(),
      R"({"input":[28,28,1],"layers":[)"
      R"({"name":"conv2d_1","operation":"conv2d","inputs":["input"],"output_shape":[28,28,2],"filters":2,)"
      R"("kernel":[5,5],"stride":[1,1],"padding":"same","bias":true,"activation":{"name":"relu"}},)"
      R"({"name":"max_pool_1","operation":"max_pool","inputs":["conv2d_1"],"output_shape":[14,14,2],)"
      R"("size":[2,2],"stride":[2,2],"padding":"valid"},)"
      R"({"name":"batch_norm_1","operation":"batch_norm","inputs":["max_pool_1"],"output_shape":[14,14,2],)"
      R"("momentum":0.9},)"
      R"({"name":"layer_norm_1","operation":"layer_norm","inputs":["batch_norm_1"],)"
      R"("output_shape":[14,14,2]},)"
      R"({"name":"activation_1","operation":"activation","inputs":["layer_norm_1"],)"
      R"("output_shape":[14,14,2],"activation":{"name":"gelu","approximate":true}},)"
      R"({"name":"add_1","operation":"add","inputs":["max_pool_1","activation_1"],)"
      R"("output_shape":[14,14,2]},)"
      R"({"name":"dropout_1","operation":"dropout","inputs":["add_1"],"output_shape":[14,14,2],"rate":0.5},)"
      R"({"name":"flatten_1","operation":"flatten","inputs":["dropout_1"],"output_shape":[392]},)"
      R"({"name":"dense_1","operation":"dense","inputs":["flatten_1"],"output_shape":[10],"units":10,)"
      R"("bias":false}]})");
}

TEST(WireTest, writes_a_recipe_in_a_fixed_order) {
  const Study study = study_of("{ flatten = true }, { dense = 10 }", kRecipe);
  EXPECT_EQ(
      to_wire(study.stacks[0].recipe).dump(),
      R"({"loss":"softmax_cross_entropy","batch":50,"steps":120,"shuffle":true,"drop_last_batch":false,)"
      R"("optimizer":{"name":"adam","learning_rate":0.0001},)"
      R"("weights":{"name":"truncated_normal","mean":0.0,"stddev":0.1},)"
      R"("biases":{"name":"constant","value":0.1},)"
      R"("input_scaling":{"factor":0.00392156862745098,"mean":0.0,"stddev":1.0}})");
}

// The round trip below sees what reading loses; these see what writing loses.
TEST(WireTest, writes_every_member_of_every_operation) {
  struct Case {
    const char* layer;
    const char* expected;  // behind the output_shape
  };
  const std::vector<Case> cases{
      {"{ conv2d = 2, kernel = [1, 2], stride = [3, 4], bias = false, activation = { leaky_relu = "
       "{ "
       "slope = 0.1 } } }",
       R"("filters":2,"kernel":[1,2],"stride":[3,4],"padding":"valid","bias":false,)"
       R"("activation":{"name":"leaky_relu","slope":0.1}})"},
      {"{ average_pool = [2, 3], stride = [1, 2], padding = \"same\" }",
       R"("size":[2,3],"stride":[1,2],"padding":"same"})"},
      {"{ batch_norm = { momentum = 0.9, epsilon = 0.25 } }", R"("momentum":0.9,"epsilon":0.25})"},
      {"{ layer_norm = { epsilon = 0.25 } }", R"("epsilon":0.25})"},
      {"{ activation = \"tanh\" }", R"("activation":{"name":"tanh"}})"},
  };
  for (const Case& test : cases) {
    const Study study =
        study_of(std::string(test.layer) + ", { flatten = true }, { dense = 10 }", kRecipe);
    const std::string wire = to_wire(study.network)["layers"][0].dump();
    const std::size_t start = wire.find("],", wire.find("output_shape")) + 2;
    EXPECT_EQ(wire.substr(start), test.expected) << wire;
  }
}

TEST(WireTest, writes_every_setting_of_every_optimizer) {
  struct Case {
    const char* optimizer;
    const char* expected;
  };
  const std::vector<Case> cases{
      {"{ sgd = { weight_decay = 0.5, nesterov = true, momentum = 0.25, learning_rate = 1 } }",
       R"({"name":"sgd","learning_rate":1.0,"momentum":0.25,"weight_decay":0.5,"nesterov":true})"},
      {"{ adam = { learning_rate = 1, beta_1 = 0.5, beta_2 = 0.25, epsilon = 2, weight_decay = 3 } "
       "}",
       R"({"name":"adam","learning_rate":1.0,"beta_1":0.5,"beta_2":0.25,"epsilon":2.0,"weight_decay":3.0})"},
      {"{ adamw = { beta_2 = 0.25 } }", R"({"name":"adamw","beta_2":0.25})"},
      {"{ rmsprop = { learning_rate = 1, momentum = 0.5, rho = 0.25, epsilon = 2, weight_decay = 3 "
       "} }",
       R"({"name":"rmsprop","learning_rate":1.0,"momentum":0.5,"rho":0.25,"epsilon":2.0,"weight_decay":3.0})"},
      {"{ adagrad = { initial_accumulator = 0, epsilon = 2 } }",
       R"({"name":"adagrad","epsilon":2.0,"initial_accumulator":0.0})"},
      {"{ adadelta = { rho = 0.25 } }", R"({"name":"adadelta","rho":0.25})"},
  };
  for (const Case& test : cases) {
    const Study study =
        study_of("{ flatten = true }, { dense = 10 }",
                 "loss = \"mean_squared_error\"\nbatch = 1\nsteps = 2\noptimizer = " +
                     std::string(test.optimizer) + "\n");
    EXPECT_EQ(to_wire(study.stacks[0].recipe)["optimizer"].dump(), test.expected);
  }
}

TEST(WireTest, leaves_out_what_the_study_left_out) {
  const Study study =
      study_of("{ flatten = true }, { dense = 10 }",
               "loss = \"mean_squared_error\"\noptimizer = \"sgd\"\nbatch = 1\nepochs = 2\n");
  const auto wire = to_wire(study.stacks[0].recipe);
  EXPECT_EQ(wire["optimizer"].dump(), R"({"name":"sgd"})");
  EXPECT_FALSE(wire.contains("weights"));
  EXPECT_FALSE(wire.contains("biases"));
  EXPECT_FALSE(wire.contains("steps"));
  EXPECT_EQ(wire["epochs"], 2);
}

TEST(WireTest, a_checkpoint_travels_without_its_path) {
  const Study study =
      study_of("{ flatten = true }, { dense = 10 }",
               "loss = \"mean_squared_error\"\noptimizer = \"sgd\"\nbatch = 1\nepochs = 2\n"
               "weights = { checkpoint = \"w.safetensors\" }\n");
  const auto wire = to_wire(study.stacks[0].recipe);
  EXPECT_EQ(wire["weights"].dump(), R"({"name":"checkpoint"})");
  EXPECT_TRUE(
      std::holds_alternative<Checkpoint>(recipe_from_wire(json::parse(wire.dump())).weights));
}

std::string complaint_about_network(const json& patch) {
  json wire = json::parse(
      R"({"input":[4,4,1],"layers":[{"name":"f","operation":"flatten","inputs":["input"],"output_shape":[16]},
          {"name":"d","operation":"dense","inputs":["f"],"output_shape":[3],"units":3,"bias":true}]})");
  wire = wire.patch(patch);
  try {
    static_cast<void>(network_from_wire(wire));
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

std::string complaint_about_recipe(const json& patch) {
  json wire = json::parse(
      R"({"loss":"softmax_cross_entropy","batch":50,"steps":120,"shuffle":true,"drop_last_batch":false,
          "optimizer":{"name":"sgd"},"input_scaling":{"factor":1.0,"mean":0,"stddev":1}})");
  wire = wire.patch(patch);
  try {
    static_cast<void>(recipe_from_wire(wire));
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

struct PatchCase {
  const char* patch;
  const char* expected;
};

TEST(WireTest, names_the_member_of_a_network_that_is_at_fault) {
  EXPECT_EQ(complaint_about_network(json::array()), "");
  const std::vector<PatchCase> cases{
      {R"([{"op":"remove","path":"/input"}])",
       "The member 'network.input' of the message is missing."},
      {R"([{"op":"replace","path":"/input","value":[4,4,1,1]}])",
       "The member 'network.input' of the message is not a list of at most 3 integers."},
      {R"([{"op":"replace","path":"/input","value":[4,4,1.5]}])",
       "The member 'network.input' of the message holds something that is not an integer."},
      {R"([{"op":"replace","path":"/input","value":[4,4,18446744073709551615]}])",
       "The member 'network.input' of the message holds something that is not an integer."},
      {R"([{"op":"replace","path":"/layers","value":5}])",
       "The member 'network.layers' of the message is not a list of at most 10000 objects."},
      {R"([{"op":"replace","path":"/layers/0","value":5}])",
       "The member 'network.layers[0]' of the message is not an object."},
      {R"([{"op":"replace","path":"/layers/1/units","value":"3"}])",
       "The member 'network.layers[1].units' of the message is not an integer from 1 to "
       "2147483647."},
      {R"([{"op":"replace","path":"/layers/1/operation","value":"dens"}])",
       "The member 'network.layers[1].operation' of the message is not an operation of the "
       "protocol."},
      {R"([{"op":"add","path":"/layers/1/kernel","value":[1,1]}])",
       "'network.layers[1]' of the message has a member that the protocol does not know; it may "
       "have: name, "
       "operation, inputs, output_shape, units, bias, activation."},
      {R"([{"op":"replace","path":"/layers/1/output_shape","value":[4]}])",
       "The output_shape of the layer 'd' is (4), but the layer gives (3)."},
      {R"([{"op":"replace","path":"/layers/1/name","value":"f"}])", "Two layers are named 'f'."},
      {R"([{"op":"replace","path":"/layers/1/inputs","value":[]}])",
       "The layer 'd' (dense) takes one input, but has 0."},
      {R"([{"op":"add","path":"/layers/1/activation","value":{"name":"softmax"}}])",
       "The member 'network.layers[1].activation.name' of the message is not a word of the "
       "protocol."},
  };
  for (const PatchCase& test : cases) {
    EXPECT_EQ(complaint_about_network(json::parse(test.patch)), test.expected) << test.patch;
  }
}

TEST(WireTest, names_the_member_of_a_recipe_that_is_at_fault) {
  EXPECT_EQ(complaint_about_recipe(json::array()), "");
  const std::vector<PatchCase> cases{
      {R"([{"op":"remove","path":"/steps"}])",
       "The member 'recipe.steps' of the message is missing, or stands beside 'epochs'."},
      {R"([{"op":"add","path":"/epochs","value":3}])",
       "The member 'recipe.steps' of the message is missing, or stands beside 'epochs'."},
      {R"([{"op":"replace","path":"/batch","value":0}])",
       "The member 'recipe.batch' of the message is not an integer from 1 to 1000000."},
      {R"([{"op":"replace","path":"/shuffle","value":1}])",
       "The member 'recipe.shuffle' of the message is not true or false."},
      {R"([{"op":"replace","path":"/loss","value":[]}])",
       "The member 'recipe.loss' of the message is not a text."},
      {R"([{"op":"add","path":"/optimizer/beta_1","value":0.9}])",
       "'recipe.optimizer' of the message has a member that the protocol does not know; it may "
       "have: name, "
       "learning_rate, momentum, weight_decay, nesterov."},
      {R"([{"op":"add","path":"/optimizer/learning_rate","value":"nan"}])",
       "The member 'recipe.optimizer.learning_rate' of the message is not a number above 0."},
      {R"([{"op":"add","path":"/optimizer/nesterov","value":true}])",
       "The member 'recipe.optimizer.nesterov' of the message needs a momentum above 0."},
      {R"([{"op":"add","path":"/weights","value":{"name":"normal","mean":0}}])",
       "The member 'recipe.weights.stddev' of the message is missing."},
      {R"([{"op":"replace","path":"/input_scaling/stddev","value":0}])",
       "The member 'recipe.input_scaling.stddev' of the message is not a number above 0."},
  };
  for (const PatchCase& test : cases) {
    EXPECT_EQ(complaint_about_recipe(json::parse(test.patch)), test.expected) << test.patch;
  }
}

}  // namespace
}  // namespace plumbline
