#include "study/file/recipe_reader.h"

#include <fmt/format.h>

#include <unordered_set>

#include "base/text.h"
#include "study/file/paths.h"

namespace plumbline {
namespace {

constexpr std::array kScalingWords{
    Word<InputScaling>{"unit", {1.0 / 255.0, 0, 1}},
    Word<InputScaling>{"symmetric", {1.0 / 255.0, 0.5, 0.5}},
    Word<InputScaling>{"none", {1, 0, 1}},
};
constexpr std::array kLastBatchWords{Word<bool>{"keep", false}, Word<bool>{"drop", true}};

Optimizer read_optimizer_settings(OptimizerKind kind, const TomlTable& settings) {
  Optimizer optimizer;
  optimizer.kind = kind;
  std::vector<std::string> keys;
  for (const OptimizerNumber& number : numbers_of(kind)) {
    keys.emplace_back(number.name);
  }
  if (kind == OptimizerKind::Sgd) {
    keys.emplace_back("nesterov");
  }
  settings.allow_only(keys);
  for (const OptimizerNumber& number : numbers_of(kind)) {
    if (const auto value = settings.find(number.name)) {
      optimizer.*number.member = value->number(number.range);
    }
  }
  if (const auto value = settings.find("nesterov")) {
    optimizer.nesterov = value->boolean();
    if (nesterov_lacks_momentum(optimizer)) {
      value->fail("nesterov = true needs a momentum above 0.");
    }
  }
  return optimizer;
}

Optimizer read_optimizer(const TomlValue& value) {
  if (!value.is_table()) {
    Optimizer optimizer;
    optimizer.kind = value.word(kOptimizerWords);
    return optimizer;
  }
  const auto [word, settings] = value.table("An optimizer").choice(kOptimizerWords);
  return read_optimizer_settings(word.kind,
                                 settings.table(fmt::format("The optimizer {}", word.text)));
}

Initialiser read_initialiser_word(const TomlValue& value) {
  Initialiser initialiser;
  initialiser.kind = value.word(kInitialiserWords);
  for (const InitialiserNumber& number : numbers_of(initialiser.kind)) {
    if (number.required) {
      value.fail(fmt::format("'{0}' needs its {1}; write for instance {{ {0} = {{ {1} = 0.1 }} }}.",
                             initialiser_name(initialiser.kind),
                             number.name));
    }
  }
  return initialiser;
}

Initialiser read_initialiser_table(const TomlTable& table) {
  const auto [word, value] = table.choice(kInitialiserWords);
  Initialiser initialiser;
  initialiser.kind = word.kind;
  const auto numbers = numbers_of(initialiser.kind);
  if (numbers.empty()) {
    table.fail_at(word.text,
                  fmt::format("The initialiser {0} has nothing to set: write \"{0}\".", word.text));
  }
  const TomlTable settings = value.table(fmt::format("The initialiser {}", word.text));
  std::vector<std::string> keys;
  keys.reserve(numbers.size());
  for (const InitialiserNumber& number : numbers) {
    keys.emplace_back(number.name);
  }
  settings.allow_only(keys);
  for (const InitialiserNumber& number : numbers) {
    const auto given = number.required
                           ? settings.require(number.name, fmt::format("{} = 0.1", number.name))
                           : settings.find(number.name);
    if (given) {
      initialiser.*number.member = given->number(number.range);
    }
  }
  return initialiser;
}

bool is_default(const TomlValue& value) {
  return value.is_text() && value.text("a word") == "default";
}

// { checkpoint = "file.safetensors", names = { "conv2d_1/kernel" = "conv1.weight" } }
Checkpoint read_checkpoint(const TomlTable& table, const RecipeSurroundings& surroundings) {
  table.allow_only({"checkpoint", "names"});
  Checkpoint checkpoint;
  const TomlValue path = table.require("checkpoint", "checkpoint = \"weights.safetensors\"");
  checkpoint.path = resolved_path(path, surroundings.folder).string();
  if (const auto names = table.find("names")) {
    const TomlTable map = names->table("'names'");
    const std::unordered_set<std::string> known(surroundings.parameters.begin(),
                                                surroundings.parameters.end());
    for (const TomlTable::Entry& entry : map.entries()) {
      if (!known.contains(entry.key)) {
        map.fail_at(entry.key,
                    fmt::format("The network has no parameter {}.{}",
                                in_quotes(entry.key),
                                did_you_mean(entry.key, surroundings.parameters)));
      }
      checkpoint.names[entry.key] = map.value(entry).text("the name of a tensor");
    }
  }
  return checkpoint;
}

std::vector<std::string> with_default(std::vector<std::string> words) {
  words.insert(words.begin(), "default");
  return words;
}

WeightsSource read_weights(const TomlValue& value, const RecipeSurroundings& surroundings) {
  if (is_default(value)) {
    return DefaultWeights{};
  }
  if (value.is_table()) {
    const TomlTable table = value.table("'weights'");
    if (table.has("checkpoint") || table.has("names")) {
      return read_checkpoint(table, surroundings);
    }
    return read_initialiser_table(table);
  }
  if (!value.is_text() || !meaning_of(kInitialiserWords, value.text("a word"))) {
    value.must_be_word(with_default(texts_of(kInitialiserWords)));
  }
  return read_initialiser_word(value);
}

std::variant<DefaultWeights, Initialiser> read_biases(const TomlValue& value) {
  if (is_default(value)) {
    return DefaultWeights{};
  }
  if (value.is_text() && !meaning_of(kInitialiserWords, value.text("a word"))) {
    value.must_be_word(with_default({"zeros", "constant", "normal", "truncated_normal"}));
  }
  const Initialiser initialiser = value.is_table() ? read_initialiser_table(value.table("'biases'"))
                                                   : read_initialiser_word(value);
  if (depends_on_fan(initialiser.kind)) {
    value.fail(
        fmt::format("'{}' depends on the number of inputs and outputs of a kernel, which a bias "
                    "does not have. Take zeros, constant, normal or truncated_normal.",
                    initialiser_name(initialiser.kind)));
  }
  return initialiser;
}

InputScaling read_input_scaling(const TomlValue& value) {
  if (!value.is_table()) {
    return value.word(kScalingWords);
  }
  const TomlTable table = value.table("'input_scaling'");
  table.allow_only({"factor", "mean", "stddev"});
  InputScaling scaling;
  if (const auto factor = table.find("factor")) {
    scaling.factor = factor->number(kAboveZero);
  }
  if (const auto mean = table.find("mean")) {
    scaling.mean = mean->number(kAnyNumber);
  }
  if (const auto stddev = table.find("stddev")) {
    scaling.stddev = stddev->number(kAboveZero);
  }
  return scaling;
}

void read_length(const TomlTable& table, Recipe& recipe) {
  if (table.has("epochs") && table.has("steps")) {
    table.fail_at("steps", "A recipe has either 'epochs' or 'steps', not both.");
  }
  if (const auto epochs = table.find("epochs")) {
    recipe.epochs = epochs->integer(1, kMaxEpochs);
  } else {
    recipe.steps = table.require("steps", "steps = 1000, or epochs = 1").integer(1, kMaxSteps);
  }
}

void read_batches(const TomlTable& table, Recipe& recipe) {
  const TomlValue batch = table.require("batch", "batch = 50");
  recipe.batch = batch.integer(1, kMaxBatch);
  if (const auto shuffle = table.find("shuffle")) {
    recipe.shuffle = shuffle->boolean();
  }
  if (const auto last_batch = table.find("last_batch")) {
    recipe.drop_last_batch = last_batch->word(kLastBatchWords);
  }
  if (const auto images = table.find("training_images")) {
    recipe.training_images = images->integer(1, kMaxTrainingImages);
    if (recipe.drop_last_batch && *recipe.training_images < recipe.batch) {
      images->fail(
          fmt::format("{} training images do not fill one batch of {}, and last_batch = "
                      "\"drop\" leaves nothing to train on.",
                      *recipe.training_images,
                      recipe.batch));
    }
  }
}

// What belongs to the optimizer is the likeliest thing to be written one level too high.
void check_misplaced(const TomlTable& table) {
  for (const auto& [word, kind] : kOptimizerWords) {
    for (const OptimizerNumber& number : numbers_of(kind)) {
      if (table.has(number.name)) {
        table.fail_at(
            number.name,
            fmt::format(
                "'{0}' is a key of the optimizer: write optimizer = {{ {1} = {{ {0} = ... }} }}.",
                number.name,
                word));
      }
    }
  }
}

}  // namespace

Recipe read_recipe(const TomlTable& table, const RecipeSurroundings& surroundings) {
  check_misplaced(table);
  table.allow_only({"loss",
                    "optimizer",
                    "batch",
                    "epochs",
                    "steps",
                    "shuffle",
                    "last_batch",
                    "training_images",
                    "weights",
                    "biases",
                    "input_scaling"});
  Recipe recipe;
  recipe.loss = table.require("loss", "loss = \"softmax_cross_entropy\"").word(kLossWords);
  recipe.optimizer = read_optimizer(table.require("optimizer", "optimizer = \"adam\""));
  read_batches(table, recipe);
  read_length(table, recipe);
  if (const auto weights = table.find("weights")) {
    recipe.weights = read_weights(*weights, surroundings);
  }
  if (const auto biases = table.find("biases")) {
    if (std::holds_alternative<Checkpoint>(recipe.weights)) {
      biases->fail("A checkpoint holds the biases too: leave 'biases' out.");
    }
    recipe.biases = read_biases(*biases);
  }
  if (const auto scaling = table.find("input_scaling")) {
    recipe.input_scaling = read_input_scaling(*scaling);
  }
  return recipe;
}

TomlTable overlaid_recipe(TomlTable table, const TomlTable& changes) {
  if (changes.has("epochs") || changes.has("steps")) {
    table.remove("epochs");
    table.remove("steps");
  }
  table.lay_over(changes);
  return table;
}

}  // namespace plumbline
