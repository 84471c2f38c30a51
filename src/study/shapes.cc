#include <fmt/format.h>

#include <cmath>

#include "base/error.h"
#include "study/network.h"

namespace plumbline {
namespace {

[[noreturn]] void fail(const Layer& layer, const std::string& reason) {
  throw UsageError(
      fmt::format("The layer '{}' ({}) {}", layer.name, operation_name(layer.operation), reason));
}

// The product of positive extents, or nothing when it passes kMaxElements.
std::optional<std::int64_t> checked_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 1 || extent > kMaxElements / count) {
      return std::nullopt;
    }
    count *= extent;
  }
  return count;
}

void check_count(const Layer& layer, const char* what, const Shape& shape) {
  if (!checked_count(shape)) {
    fail(layer,
         fmt::format("would have {} of shape {}; a tensor has at most {} elements.",
                     what,
                     to_string(shape),
                     kMaxElements));
  }
}

void check_positive(const Layer& layer, const char* what, std::int64_t value) {
  if (value < 1 || value > kMaxElements) {
    fail(layer, fmt::format("has {} = {}; it must be from 1 to {}.", what, value, kMaxElements));
  }
}

void check_positive(const Layer& layer,
                    const char* what,
                    const std::array<std::int64_t, 2>& values) {
  check_positive(layer, what, values[0]);
  check_positive(layer, what, values[1]);
}

void check_setting(const Layer& layer,
                   const char* what,
                   const std::optional<double>& value,
                   double end) {
  if (value && !(*value >= 0 && *value < end)) {
    fail(layer, fmt::format("has {} = {}; it must be at least 0 and below {}.", what, *value, end));
  }
}

void check_activation(const Layer& layer, const std::optional<Activation>& activation) {
  if (!activation) {
    return;
  }
  if (activation->slope && activation->kind != ActivationKind::LeakyRelu) {
    fail(layer, "has a slope, which only the activation leaky_relu has.");
  }
  if (activation->slope && !std::isfinite(*activation->slope)) {
    fail(layer, "has a slope that is not a finite number.");
  }
  if (activation->approximate && activation->kind != ActivationKind::Gelu) {
    fail(layer, "says 'approximate', which only the activation gelu has.");
  }
}

void require_image(const Layer& layer, const Shape& input) {
  if (input.size() != 3) {
    fail(
        layer,
        fmt::format("takes images, (height, width, channels), but its input '{}' has the shape {}.",
                    layer.inputs.front(),
                    to_string(input)));
  }
}

struct Window {
  std::array<std::int64_t, 2> size;
  std::array<std::int64_t, 2> stride;
  Padding padding;
};

std::int64_t slid_extent(std::int64_t input,
                         std::int64_t size,
                         std::int64_t stride,
                         Padding padding) {
  return padding == Padding::Same ? (input - 1) / stride + 1 : (input - size) / stride + 1;
}

Shape slide(const Layer& layer, const Shape& input, const Window& window, std::int64_t channels) {
  require_image(layer, input);
  if (window.padding == Padding::Valid &&
      (window.size[0] > input[0] || window.size[1] > input[1])) {
    fail(layer,
         fmt::format(
             "slides a window of {} by {} over its input '{}' of shape {}, which is smaller. "
             "Take a smaller window, or padding = \"same\".",
             window.size[0],
             window.size[1],
             layer.inputs.front(),
             to_string(input)));
  }
  return {slid_extent(input[0], window.size[0], window.stride[0], window.padding),
          slid_extent(input[1], window.size[1], window.stride[1], window.padding),
          channels};
}

// The output shape by operation. Visited with the layer and the shapes of its inputs, of which
// there is at least one.
struct OutputShape {
  const Layer& layer;
  const std::vector<Shape>& inputs;

  [[nodiscard]] const Shape& input() const { return inputs.front(); }

  Shape operator()(const Conv2d& conv) const {
    check_positive(layer, "filters", conv.filters);
    check_positive(layer, "kernel", conv.kernel);
    check_positive(layer, "stride", conv.stride);
    check_activation(layer, conv.activation);
    const Shape output =
        slide(layer, input(), {conv.kernel, conv.stride, conv.padding}, conv.filters);
    check_count(layer, "a kernel", {conv.kernel[0], conv.kernel[1], input().back(), conv.filters});
    return output;
  }
  template <typename Pool>
  Shape pool(const Pool& pool) const {
    check_positive(layer, "size", pool.size);
    check_positive(layer, "stride", pool.stride);
    require_image(layer, input());
    return slide(layer, input(), {pool.size, pool.stride, pool.padding}, input().back());
  }
  Shape operator()(const MaxPool& operation) const { return pool(operation); }
  Shape operator()(const AveragePool& operation) const { return pool(operation); }
  Shape operator()(const GlobalAveragePool&) const {
    require_image(layer, input());
    return {input().back()};
  }
  Shape operator()(const Flatten&) const { return {checked_count(input()).value_or(0)}; }
  Shape operator()(const Dense& dense) const {
    check_positive(layer, "units", dense.units);
    check_activation(layer, dense.activation);
    if (input().size() != 1) {
      fail(layer,
           fmt::format(
               "takes a vector, but its input '{}' has the shape {}. Put {{ flatten = true }} "
               "or {{ global_average_pool = true }} before it.",
               layer.inputs.front(),
               to_string(input())));
    }
    check_count(layer, "a kernel", {input().back(), dense.units});
    return {dense.units};
  }
  Shape operator()(const Dropout& dropout) const {
    check_setting(layer, "rate", dropout.rate, 1);
    return input();
  }
  Shape operator()(const BatchNorm& norm) const {
    check_setting(layer, "momentum", norm.momentum, 1);
    check_setting(layer, "epsilon", norm.epsilon, HUGE_VAL);
    return input();
  }
  Shape operator()(const LayerNorm& norm) const {
    check_setting(layer, "epsilon", norm.epsilon, HUGE_VAL);
    return input();
  }
  Shape operator()(const ActivationLayer& operation) const {
    check_activation(layer, operation.activation);
    return input();
  }
  Shape operator()(const Add&) const {
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      if (inputs[i] != input()) {
        fail(layer, mismatch(i, "adds inputs of equal shape"));
      }
    }
    return input();
  }
  Shape operator()(const Concatenate&) const {
    Shape output = input();
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      const Shape& other = inputs[i];
      if (other.size() != output.size() ||
          !std::equal(other.begin(), other.end() - 1, output.begin())) {
        fail(layer, mismatch(i, "joins inputs that are equal in all but the last extent"));
      }
      output.back() += other.back();
      check_count(layer, "an output", output);
    }
    return output;
  }

  [[nodiscard]] std::string mismatch(std::size_t other, const char* rule) const {
    return fmt::format("{}, but '{}' has the shape {} and '{}' has {}.",
                       rule,
                       layer.inputs.front(),
                       to_string(input()),
                       layer.inputs[other],
                       to_string(inputs[other]));
  }
};

bool takes_many(const Operation& operation) {
  return std::holds_alternative<Add>(operation) || std::holds_alternative<Concatenate>(operation);
}

void check_inputs(const Layer& layer, const std::vector<Shape>& inputs) {
  if (inputs.size() != layer.inputs.size()) {
    throw Error("The number of input shapes is not the layer's number of inputs.");
  }
  if (takes_many(layer.operation) ? inputs.size() < 2 : inputs.size() != 1) {
    fail(layer,
         fmt::format("takes {}, but has {}.",
                     takes_many(layer.operation) ? "two or more inputs" : "one input",
                     inputs.size()));
  }
  for (const Shape& input : inputs) {
    if ((input.size() != 1 && input.size() != 3) || !checked_count(input)) {
      fail(layer, fmt::format("has an input of the shape {}.", to_string(input)));
    }
  }
}

}  // namespace

void check_input_shape(const Shape& input) {
  if (input.size() != 1 && input.size() != 3) {
    throw UsageError(
        "The network's input is [height, width, channels], as in [28, 28, 1], or [features].");
  }
  if (!checked_count(input)) {
    throw UsageError(fmt::format(
        "The network's input {} is out of range: extents are positive, and the whole has "
        "at most {} elements.",
        to_string(input),
        kMaxElements));
  }
}

Shape infer_shape(const Layer& layer, const std::vector<Shape>& inputs) {
  check_inputs(layer, inputs);
  Shape output = std::visit(OutputShape{layer, inputs}, layer.operation);
  check_count(layer, "an output", output);
  return output;
}

}  // namespace plumbline
