#include "engine/batch_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace plumbline {
namespace {

Shape with_batch(std::int64_t batch, const Shape& shape) {
  Shape whole{batch};
  whole.insert(whole.end(), shape.begin(), shape.end());
  return whole;
}

// The layers that read the network's input, as in "'conv2d_1' and 'dense_1'".
std::string readers_of_input(const Network& network) {
  std::string names;
  for (const Layer& layer : network.layers) {
    if (std::find(layer.inputs.begin(), layer.inputs.end(), "input") != layer.inputs.end()) {
      names += fmt::format("{}'{}'", names.empty() ? "" : " and ", layer.name);
    }
  }
  return names;
}

// As in "(2, 0, 27, 0)" of element 81 of (3, 28, 28, 1).
std::string place_of(std::int64_t element, const Shape& shape) {
  Shape place(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    place[axis] = element % shape[axis];
    element /= shape[axis];
  }
  return to_string(place);
}

// Without an early end, so that the compiler takes many at once: every step asks.
bool all_finite(std::span<const float> numbers) {
  bool all = true;
  for (const float x : numbers) {
    all &= std::abs(x) <= std::numeric_limits<float>::max();
  }
  return all;
}

const Shape& class_vector(const Network& network) {
  const Layer& last = network.layers.back();
  if (last.output_shape.size() != 1) {
    throw Error(
        fmt::format("The last layer '{}' gives {}, but the losses need a single axis, the classes.",
                    last.name,
                    to_string(last.output_shape)));
  }
  return last.output_shape;
}

}  // namespace

void check_batch_shape(const Network& network, const Shape& inputs) {
  if (inputs.empty() || inputs.front() < 1) {
    throw Error(fmt::format(
        "The inputs of layer {} have the shape {}, but their first axis must be a batch "
        "of one or more.",
        readers_of_input(network),
        to_string(inputs)));
  }
  const Shape needed = with_batch(inputs.front(), network.input);
  if (inputs != needed) {
    throw Error(fmt::format("The inputs of layer {} have the shape {}, but {} is needed.",
                            readers_of_input(network),
                            to_string(inputs),
                            to_string(needed)));
  }
}

void check_inputs(const Network& network, const Tensor& inputs) {
  check_batch_shape(network, inputs.shape());
  if (inputs.dtype() != DType::F32) {
    throw Error(fmt::format("The inputs of layer {} have the dtype {}, but F32 is needed.",
                            readers_of_input(network),
                            safetensors_name(inputs.dtype())));
  }
  const std::span<const float> numbers = inputs.as<float>();
  if (!all_finite(numbers)) {
    const auto wrong =
        std::find_if(numbers.begin(), numbers.end(), [](float x) { return !std::isfinite(x); });
    throw Error(
        fmt::format("The inputs of layer {}, of shape {}, have {} at {}. Training needs "
                    "finite numbers.",
                    readers_of_input(network),
                    to_string(inputs.shape()),
                    std::isnan(*wrong) ? "NaN" : "an infinity",
                    place_of(wrong - numbers.begin(), inputs.shape())));
  }
}

void check_labels(const Network& network,
                  std::int64_t batch,
                  std::span<const std::int64_t> labels) {
  const std::int64_t classes = class_vector(network).front();
  if (std::ssize(labels) != batch) {
    throw Error(fmt::format("A batch of {} inputs came with {} labels.", batch, labels.size()));
  }
  const auto wrong = std::find_if(labels.begin(), labels.end(), [&](std::int64_t label) {
    return label < 0 || label >= classes;
  });
  if (wrong != labels.end()) {
    throw Error(
        fmt::format("The label {} of input {} is not one of the {} outputs of layer '{}', 0 "
                    "to {}.",
                    *wrong,
                    wrong - labels.begin(),
                    classes,
                    network.layers.back().name,
                    classes - 1));
  }
}

void check_masks(const Network& network, std::int64_t batch, const TensorMap& masks) {
  for (const Layer& layer : network.layers) {
    if (!std::holds_alternative<Dropout>(layer.operation)) {
      continue;
    }
    const auto mask = masks.find(layer.name);
    if (mask == masks.end()) {
      throw Error(fmt::format("The batch has no mask for the dropout layer '{}'.", layer.name));
    }
    const Shape needed = with_batch(batch, layer.output_shape);
    if (mask->second.shape() != needed) {
      throw Error(
          fmt::format("The mask of the dropout layer '{}' has the shape {}, but {} is needed.",
                      layer.name,
                      to_string(mask->second.shape()),
                      to_string(needed)));
    }
    if (mask->second.dtype() != DType::U8) {
      throw Error(
          fmt::format("The mask of the dropout layer '{}' has the dtype {}, but U8 is needed.",
                      layer.name,
                      safetensors_name(mask->second.dtype())));
    }
  }
}

void check_batch(const Network& network, const Batch& batch) {
  check_inputs(network, batch.inputs);
  const std::int64_t size = batch.inputs.shape().front();
  check_labels(network, size, batch.labels);
  check_masks(network, size, batch.masks);
}

}  // namespace plumbline
