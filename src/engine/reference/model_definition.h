#pragma once

#include "engine/batch_check.h"
#include "engine/reference/losses/loss.h"
#include "engine/reference/model.h"
#include "engine/reference/one_operation.h"

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
  LayerValues<A> values{
      a_, {}, parameters, node.parameters, nullptr, masks != nullptr, settings_.dialect};
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
    Array<Value> output = output_of(node.layer.operation, values);
    check_output(node.layer, output.shape());
    outputs.emplace(node.layer.name, std::move(output));
  }
  return outputs;
}

template <Arithmetic A>
Arrays<typename A::Value> Model<A>::predict(const Arrays<Value>& parameters,
                                            Array<Value> inputs) const {
  check_batch_shape(settings_.network, inputs.shape());
  return forward(parameters, std::move(inputs), nullptr);
}

template <Arithmetic A>
Step<typename A::Value> Model<A>::step(const Arrays<Value>& before,
                                       OptimizerState<Value>& optimizer,
                                       Examples<Value> examples) const {
  check_batch_shape(settings_.network, examples.inputs.shape());
  check_labels(settings_.network, examples.inputs.extent(0), examples.labels);
  check_masks(settings_.network, examples.inputs.extent(0), examples.masks);
  Step<Value> step;
  step.outputs = forward(before, std::move(examples.inputs), &examples.masks);
  const Array<Value>& z = step.outputs.at(output_name());
  step.loss = loss_of(a_, settings_.loss, settings_.dialect, z, examples.labels);
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
  output_gradients[output_name()] =
      loss_gradient(a_, settings_.loss, settings_.dialect, z, examples.labels);
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
    const LayerValues<A> values = values_for(*node, before, step.outputs, &examples.masks);
    // What no layer reads has a gradient of zeros.
    const Array<Value>& dy =
        output_gradients.try_emplace(node->layer.name, step.outputs.at(node->layer.name).shape())
            .first->second;
    auto gradients = gradients_of(node->layer.operation, values, dy);
    step.gradients.merge(gradients.parameters);
    for (std::size_t i = 0; i < gradients.inputs.size(); ++i) {
      const auto [place, first] =
          output_gradients.try_emplace(node->layer.inputs[i], std::move(gradients.inputs[i]));
      if (!first) {
        place->second = add(place->second, gradients.inputs[i]);
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
    auto running = running_of(*op, values);
    step.after[values.name_of("moving_mean")] = std::move(running.mean);
    step.after[values.name_of("moving_variance")] = std::move(running.variance);
  }
}

}  // namespace plumbline::reference
