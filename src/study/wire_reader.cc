#include <functional>
#include <map>

#include "base/error.h"
#include "study/wire.h"
#include "study/wire_object.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxRank = 3;

Activation read_activation(const WireObject& wire) {
  wire.allow_only({"name", "slope", "approximate"});
  return {wire.word("name", kActivationWords),
          wire.optional_number("slope", kAnyNumber),
          wire.optional_boolean("approximate")};
}

std::optional<Activation> read_optional_activation(const WireObject& layer) {
  return layer.has("activation") ? std::optional(read_activation(layer.object("activation")))
                                 : std::nullopt;
}

Operation read_conv2d(const WireObject& layer) {
  return Conv2d{layer.integer("filters", 1, kMaxElements),
                layer.pair("kernel"),
                layer.pair("stride"),
                layer.word("padding", kPaddingWords),
                layer.boolean("bias"),
                read_optional_activation(layer)};
}

template <typename Pool>
Operation read_pool(const WireObject& layer) {
  return Pool{layer.pair("size"), layer.pair("stride"), layer.word("padding", kPaddingWords)};
}

Operation read_dense(const WireObject& layer) {
  return Dense{layer.integer("units", 1, kMaxElements),
               layer.boolean("bias"),
               read_optional_activation(layer)};
}

Operation read_batch_norm(const WireObject& layer) {
  return BatchNorm{layer.optional_number("momentum", kFraction),
                   layer.optional_number("epsilon", kFromZero)};
}

template <typename Plain>
Operation read_plain(const WireObject&) {
  return Plain{};
}

// The members that an operation has beside those of every layer, and what reads them.
struct OperationForm {
  std::vector<std::string> members;
  std::function<Operation(const WireObject&)> read;
};

const std::map<std::string, OperationForm>& operation_forms() {
  static const std::map<std::string, OperationForm> forms{
      {"conv2d", {{"filters", "kernel", "stride", "padding", "bias", "activation"}, read_conv2d}},
      {"max_pool", {{"size", "stride", "padding"}, read_pool<MaxPool>}},
      {"average_pool", {{"size", "stride", "padding"}, read_pool<AveragePool>}},
      {"global_average_pool", {{}, read_plain<GlobalAveragePool>}},
      {"flatten", {{}, read_plain<Flatten>}},
      {"dense", {{"units", "bias", "activation"}, read_dense}},
      {"dropout",
       {{"rate"}, [](const WireObject& wire) { return Dropout{wire.number("rate", kFraction)}; }}},
      {"batch_norm", {{"momentum", "epsilon"}, read_batch_norm}},
      {"layer_norm",
       {{"epsilon"},
        [](const WireObject& wire) {
          return LayerNorm{wire.optional_number("epsilon", kFromZero)};
        }}},
      {"add", {{}, read_plain<Add>}},
      {"concatenate", {{}, read_plain<Concatenate>}},
      {"activation",
       {{"activation"},
        [](const WireObject& wire) {
          return ActivationLayer{read_activation(wire.object("activation"))};
        }}},
  };
  return forms;
}

Layer read_layer(const WireObject& wire) {
  const auto form = operation_forms().find(wire.text("operation"));
  if (form == operation_forms().end()) {
    wire.fail("operation", "is not an operation of the protocol");
  }
  std::vector<std::string> members{"name", "operation", "inputs", "output_shape"};
  members.insert(members.end(), form->second.members.begin(), form->second.members.end());
  wire.allow_only(members);
  return {wire.text("name"),
          form->second.read(wire),
          wire.texts("inputs"),
          wire.integers("output_shape", kMaxRank)};
}

Optimizer read_optimizer(const WireObject& wire) {
  Optimizer optimizer;
  optimizer.kind = wire.word("name", kOptimizerWords);
  std::vector<std::string> members{"name"};
  for (const OptimizerNumber& number : numbers_of(optimizer.kind)) {
    optimizer.*number.member = wire.optional_number(number.name, number.range);
    members.emplace_back(number.name);
  }
  if (optimizer.kind == OptimizerKind::Sgd) {
    optimizer.nesterov = wire.optional_boolean("nesterov");
    members.emplace_back("nesterov");
  }
  wire.allow_only(members);
  if (nesterov_lacks_momentum(optimizer)) {
    wire.fail("nesterov", "needs a momentum above 0");
  }
  return optimizer;
}

Initialiser read_initialiser(const WireObject& wire) {
  Initialiser initialiser;
  initialiser.kind = wire.word("name", kInitialiserWords);
  std::vector<std::string> members{"name"};
  for (const InitialiserNumber& number : numbers_of(initialiser.kind)) {
    initialiser.*number.member = wire.number(number.name, number.range);
    members.emplace_back(number.name);
  }
  wire.allow_only(members);
  return initialiser;
}

WeightsSource read_weights(const WireObject& recipe) {
  if (!recipe.has("weights")) {
    return DefaultWeights{};
  }
  const WireObject wire = recipe.object("weights");
  if (wire.text("name") == "checkpoint") {
    wire.allow_only({"name"});
    return Checkpoint{};
  }
  return read_initialiser(wire);
}

InputScaling read_input_scaling(const WireObject& wire) {
  wire.allow_only({"factor", "mean", "stddev"});
  return {wire.number("factor", kAboveZero),
          wire.number("mean", kAnyNumber),
          wire.number("stddev", kAboveZero)};
}

}  // namespace

Network network_from_wire(const nlohmann::json& wire) {
  const WireObject object(wire, "network");
  object.allow_only({"input", "layers"});
  Network network;
  network.input = object.integers("input", kMaxRank);
  std::vector<Shape> stated;
  for (const WireObject& layer : object.objects("layers", kMaxLayers)) {
    network.layers.push_back(read_layer(layer));
    stated.push_back(network.layers.back().output_shape);
  }
  infer_shapes(network);
  for (std::size_t i = 0; i < stated.size(); ++i) {
    const Layer& layer = network.layers[i];
    if (stated[i] != layer.output_shape) {
      throw Error("The output_shape of the layer '" + layer.name + "' is " + to_string(stated[i]) +
                  ", but the layer gives " + to_string(layer.output_shape) + ".");
    }
  }
  return network;
}

Recipe recipe_from_wire(const nlohmann::json& wire) {
  const WireObject object(wire, "recipe");
  object.allow_only({"loss",
                     "batch",
                     "steps",
                     "epochs",
                     "shuffle",
                     "drop_last_batch",
                     "optimizer",
                     "weights",
                     "biases",
                     "input_scaling"});
  if (object.has("steps") == object.has("epochs")) {
    object.fail("steps", "is missing, or stands beside 'epochs'");
  }
  Recipe recipe;
  recipe.loss = object.word("loss", kLossWords);
  recipe.batch = object.integer("batch", 1, kMaxBatch);
  recipe.steps = object.optional_integer("steps", 1, kMaxSteps);
  recipe.epochs = object.optional_integer("epochs", 1, kMaxEpochs);
  recipe.shuffle = object.boolean("shuffle");
  recipe.drop_last_batch = object.boolean("drop_last_batch");
  recipe.optimizer = read_optimizer(object.object("optimizer"));
  recipe.weights = read_weights(object);
  if (object.has("biases")) {
    recipe.biases = read_initialiser(object.object("biases"));
  }
  recipe.input_scaling = read_input_scaling(object.object("input_scaling"));
  return recipe;
}

}  // namespace plumbline
