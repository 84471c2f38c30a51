#pragma once

#include "engine/reference/backward.h"
#include "engine/reference/model.h"
#include "engine/reference/operations/mean_squared_error.h"
#include "engine/reference/operations/softmax_cross_entropy.h"

namespace plumbline::reference {

// The bodies of Model, for those who need it in an arithmetic that model.cc does not make.

template <Arithmetic A>
Model<A>::Model(Settings settings, A arithmetic)
    : settings_(std::move(settings)),
      a_(std::move(arithmetic)),
      nodes_(expand(settings_.network)) {}

template <Arithmetic A>
Array<typename A::Value> Model<A>::array_from(const Tensor& tensor) const {
  Array<Value> values(tensor.shape());
  const auto numbers = tensor.as<float>();
  for (std::int64_t e = 0; e < values.size(); ++e) {
    values(e) = a_.input(static_cast<double>(numbers[static_cast<std::size_t>(e)]));
  }
  return values;
}

template <Arithmetic A>
Arrays<typename A::Value> Model<A>::parameters_from(const TensorMap& state) const {
  check_state(settings_.network, state);
  Arrays<Value> values;
  for (const ParameterSpec& parameter : parameters(settings_.network)) {
    values.emplace(parameter.name, array_from(state.at(parameter.name)));
  }
  return values;
}

template <Arithmetic A>
LayerValues<A> Model<A>::values_for(const Node& node,
                                    const Arrays<Value>& parameters,
                                    const Arrays<Value>& outputs,
                                    const TensorMap* masks) const {
  LayerValues<A> values{a_, {}, parameters, node.parameters, nullptr, masks != nullptr};
  for (const std::string& input : node.layer.inputs) {
    values.inputs.push_back(&outputs.at(input));
  }
  if (masks != nullptr && masks->contains(node.layer.name)) {
    values.mask = &masks->at(node.layer.name);
  }
  return values;
}

template <Arithmetic A>
Arrays<typename A::Value> Model<A>::forward(const Arrays<Value>& parameters,
                                            Array<Value> inputs,
                                            const TensorMap* masks) const {
  Arrays<Value> outputs;
  outputs.emplace("input", std::move(inputs));
  for (const Node& node : nodes_) {
    const LayerValues<A> values = values_for(node, parameters, outputs, masks);
    Array<Value> output = std::visit(Forward<A>{values}, node.layer.operation);
    check_output(node.layer, output.shape());
    outputs.emplace(node.layer.name, std::move(output));
  }
  return outputs;
}

template <Arithmetic A>
Arrays<typename A::Value> Model<A>::predict(const Arrays<Value>& parameters,
                                            Array<Value> inputs) const {
  check_inputs(settings_.network, inputs.shape());
  return forward(parameters, std::move(inputs), nullptr);
}

template <Arithmetic A>
Step<typename A::Value> Model<A>::step(const Arrays<Value>& before,
                                       OptimizerState<Value>& optimizer,
                                       Examples<Value> examples) const {
  check_inputs(settings_.network, examples.inputs.shape());
  check_labels(settings_.network, examples.inputs.shape(), examples.labels);
  check_masks(settings_.network, examples.inputs.shape(), examples.masks);
  Step<Value> step;
  step.outputs = forward(before, std::move(examples.inputs), &examples.masks);
  const Array<Value>& z = step.outputs.at(output_name());
  step.loss = settings_.loss == Loss::SoftmaxCrossEntropy
                  ? softmax_cross_entropy(a_, z, examples.labels)
                  : mean_squared_error(a_, z, examples.labels);
  backward(before, examples, step);
  update(before, optimizer, step);
  update_running(before, step);
  return step;
}

template <Arithmetic A>
void Model<A>::backward(const Arrays<Value>& before,
                        const Examples<Value>& examples,
                        Step<Value>& step) const {
  Arrays<Value>& output_gradients = step.output_gradients;  // from several readers, summed
  const Array<Value>& z = step.outputs.at(output_name());
  output_gradients[output_name()] = settings_.loss == Loss::SoftmaxCrossEntropy
                                        ? softmax_cross_entropy_gradient(a_, z, examples.labels)
                                        : mean_squared_error_gradient(a_, z, examples.labels);
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
    const LayerValues<A> values = values_for(*node, before, step.outputs, &examples.masks);
    // What no layer reads has a gradient of zeros.
    const Array<Value>& dy =
        output_gradients.try_emplace(node->layer.name, step.outputs.at(node->layer.name).shape())
            .first->second;
    auto input_gradients =
        std::visit(Backward<A>{values, dy, step.gradients}, node->layer.operation);
    for (std::size_t i = 0; i < input_gradients.size(); ++i) {
      const auto [place, first] =
          output_gradients.try_emplace(node->layer.inputs[i], std::move(input_gradients[i]));
      if (!first) {
        place->second = add(place->second, input_gradients[i]);
      }
    }
  }
}

template <Arithmetic A>
void Model<A>::update(const Arrays<Value>& before,
                      OptimizerState<Value>& optimizer,
                      Step<Value>& step) const {
  ++optimizer.steps;
  step.after = before;
  for (const auto& [name, gradient] : step.gradients) {
    auto slots = optimizer.slots.find(name);
    if (slots == optimizer.slots.end()) {
      slots =
          optimizer.slots.emplace(name, initial_slots(a_, settings_.optimizer, gradient.shape()))
              .first;
    }
    step.after[name] =
        updated(a_, settings_.optimizer, optimizer.steps, before.at(name), gradient, slots->second);
  }
}

template <Arithmetic A>
void Model<A>::update_running(const Arrays<Value>& before, Step<Value>& step) const {
  const TensorMap no_masks;
  for (const Node& node : nodes_) {
    const auto* op = std::get_if<BatchNorm>(&node.layer.operation);
    if (op == nullptr) {
      continue;
    }
    const LayerValues<A> values = values_for(node, before, step.outputs, &no_masks);
    auto running = batch_norm_running(a_,
                                      values.input(),
                                      values.batch_norm_parameters(),
                                      resolved(op->momentum),
                                      resolved(op->epsilon),
                                      settings_.running_variance);
    step.after[values.name_of("moving_mean")] = std::move(running.mean);
    step.after[values.name_of("moving_variance")] = std::move(running.variance);
  }
}

}  // namespace plumbline::reference
