#include "study/wire.h"

#include "base/error.h"
#include "study/recipe_rules.h"
#include "study/words.h"

namespace plumbline {
namespace {

using Json = nlohmann::ordered_json;

template <typename Value>
void put_if_set(Json& wire, const char* name, const std::optional<Value>& value) {
  if (value) {
    wire[name] = *value;
  }
}

Json activation_to_wire(const Activation& activation) {
  Json wire{{"name", activation_name(activation.kind)}};
  put_if_set(wire, "slope", activation.slope);
  put_if_set(wire, "approximate", activation.approximate);
  return wire;
}

// Adds the members that an operation has beside those of every layer.
struct OperationWriter {
  Json& wire;

  void operator()(const Conv2d& conv) const {
    wire["filters"] = conv.filters;
    wire["kernel"] = conv.kernel;
    wire["stride"] = conv.stride;
    wire["padding"] = word_for(kPaddingWords, conv.padding);
    put_bias_and_activation(conv.bias, conv.activation);
  }
  void operator()(const MaxPool& pool) const { put_pool(pool); }
  void operator()(const AveragePool& pool) const { put_pool(pool); }
  void operator()(const GlobalAveragePool&) const {}
  void operator()(const Flatten&) const {}
  void operator()(const Dense& dense) const {
    wire["units"] = dense.units;
    put_bias_and_activation(dense.bias, dense.activation);
  }
  void operator()(const Dropout& dropout) const { wire["rate"] = dropout.rate; }
  void operator()(const BatchNorm& norm) const {
    put_if_set(wire, "momentum", norm.momentum);
    put_if_set(wire, "epsilon", norm.epsilon);
  }
  void operator()(const LayerNorm& norm) const { put_if_set(wire, "epsilon", norm.epsilon); }
  void operator()(const Add&) const {}
  void operator()(const Concatenate&) const {}
  void operator()(const ActivationLayer& layer) const {
    wire["activation"] = activation_to_wire(layer.activation);
  }

  template <typename Pool>
  void put_pool(const Pool& pool) const {
    wire["size"] = pool.size;
    wire["stride"] = pool.stride;
    wire["padding"] = word_for(kPaddingWords, pool.padding);
  }
  void put_bias_and_activation(bool bias, const std::optional<Activation>& activation) const {
    wire["bias"] = bias;
    if (activation) {
      wire["activation"] = activation_to_wire(*activation);
    }
  }
};

Json initialiser_to_wire(const Initialiser& initialiser) {
  Json wire{{"name", initialiser_name(initialiser.kind)}};
  for (const InitialiserNumber& number : numbers_of(initialiser.kind)) {
    wire[number.name] = initialiser.*number.member;
  }
  return wire;
}

Json optimizer_to_wire(const Optimizer& optimizer) {
  Json wire{{"name", optimizer_name(optimizer.kind)}};
  for (const OptimizerNumber& number : numbers_of(optimizer.kind)) {
    put_if_set(wire, number.name, optimizer.*number.member);
  }
  if (optimizer.kind == OptimizerKind::Sgd) {
    put_if_set(wire, "nesterov", optimizer.nesterov);
  }
  return wire;
}

void put_weights(Json& wire, const Recipe& recipe) {
  if (const auto* initialiser = std::get_if<Initialiser>(&recipe.weights)) {
    wire["weights"] = initialiser_to_wire(*initialiser);
  } else if (std::holds_alternative<Checkpoint>(recipe.weights)) {
    wire["weights"] = Json{{"name", "checkpoint"}};
  }
  if (const auto* initialiser = std::get_if<Initialiser>(&recipe.biases)) {
    wire["biases"] = initialiser_to_wire(*initialiser);
  }
}

}  // namespace

Json to_wire(const Network& network) {
  Json layers = Json::array();
  for (const Layer& layer : network.layers) {
    Json wire{{"name", layer.name},
              {"operation", operation_name(layer.operation)},
              {"inputs", layer.inputs},
              {"output_shape", layer.output_shape}};
    std::visit(OperationWriter{wire}, layer.operation);
    layers.push_back(std::move(wire));
  }
  return {{"input", network.input}, {"layers", std::move(layers)}};
}

Json to_wire(const Recipe& recipe) {
  Json wire{{"loss", loss_name(recipe.loss)}, {"batch", recipe.batch}};
  put_if_set(wire, "steps", recipe.steps);
  put_if_set(wire, "epochs", recipe.epochs);
  wire["shuffle"] = recipe.shuffle;
  wire["drop_last_batch"] = recipe.drop_last_batch;
  wire["optimizer"] = optimizer_to_wire(recipe.optimizer);
  put_weights(wire, recipe);
  wire["input_scaling"] = {{"factor", recipe.input_scaling.factor},
                           {"mean", recipe.input_scaling.mean},
                           {"stddev", recipe.input_scaling.stddev}};
  return wire;
}

}  // namespace plumbline
