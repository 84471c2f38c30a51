#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tensor/tensor.h"

namespace plumbline {

// A network: layers in topological order, each with its output shape worked out. Shapes leave out
// the batch. Images are (height, width, channels); a dense activation is (features). An absent
// optional is the framework's default.

enum class ActivationKind { Relu, LeakyRelu, Tanh, Sigmoid, Gelu };
struct Activation {
  ActivationKind kind = ActivationKind::Relu;
  std::optional<double> slope{};      // leaky_relu: the factor below zero
  std::optional<bool> approximate{};  // gelu: tanh form (true) or erf form (false)
};

// Same is TensorFlow's: output = ceil(input / stride), the odd row goes to the end.
enum class Padding { Valid, Same };

struct Conv2d {
  std::int64_t filters = 0;
  std::array<std::int64_t, 2> kernel{};  // height, width
  std::array<std::int64_t, 2> stride{1, 1};
  Padding padding = Padding::Valid;
  bool bias = true;
  std::optional<Activation> activation{};
};
struct MaxPool {
  std::array<std::int64_t, 2> size{};
  std::array<std::int64_t, 2> stride{};
  Padding padding = Padding::Valid;  // padded places never win
};
struct AveragePool {
  std::array<std::int64_t, 2> size{};
  std::array<std::int64_t, 2> stride{};
  Padding padding = Padding::Valid;  // padded places are not counted
};
struct GlobalAveragePool {};  // (h, w, c) -> (c)
struct Flatten {};            // row-major over (h, w, c)
struct Dense {
  std::int64_t units = 0;
  bool bias = true;
  std::optional<Activation> activation{};
};
struct Dropout {
  double rate = 0;  // fraction set to zero; the rest is scaled by 1 / (1 - rate) in training
};
// Over all axes but the last. `momentum` is the share of the OLD running value that stays:
// running = momentum * running + (1 - momentum) * batch.
struct BatchNorm {
  std::optional<double> momentum{};
  std::optional<double> epsilon{};
};
// Over the last axis.
struct LayerNorm {
  std::optional<double> epsilon{};
};
struct Add {};          // of two or more inputs of equal shape
struct Concatenate {};  // along the last axis
struct ActivationLayer {
  Activation activation;
};

using Operation = std::variant<Conv2d,
                               MaxPool,
                               AveragePool,
                               GlobalAveragePool,
                               Flatten,
                               Dense,
                               Dropout,
                               BatchNorm,
                               LayerNorm,
                               Add,
                               Concatenate,
                               ActivationLayer>;

struct Layer {
  std::string name;  // unique; "conv2d_1", ... where the study gives none
  Operation operation;
  std::vector<std::string> inputs;  // names of earlier layers, or "input"
  Shape output_shape;
};

struct Network {
  Shape input;                // (height, width, channels) or (features)
  std::vector<Layer> layers;  // the last one is the output
};

// "conv2d", "max_pool", ...: the word of the study file, the wire and the screen.
[[nodiscard]] std::string operation_name(const Operation& operation);
[[nodiscard]] const char* activation_name(ActivationKind kind);

inline constexpr std::size_t kMaxLayers = 10'000;
// Of one tensor, so that every index fits the 32-bit integers that some frameworks count in.
inline constexpr std::int64_t kMaxElements = (std::int64_t{1} << 31) - 1;

// A letter, then letters, digits and '_', at most 64 in all: what every framework takes for a name.
// "input" is taken.
[[nodiscard]] bool is_layer_name(const std::string& name);

// The shape that `layer` gives for inputs of these shapes. Checks the layer's numbers too; throws
// UsageError that names the layer and the shapes when they do not fit.
[[nodiscard]] Shape infer_shape(const Layer& layer, const std::vector<Shape>& inputs);
// (height, width, channels) or (features), all positive; else UsageError.
void check_input_shape(const Shape& input);
// The position of a layer whose output neither is the network's nor is taken by a layer.
[[nodiscard]] std::optional<std::size_t> unused_layer(const Network& network);

// Checks the whole network (names, order, numbers) and works out every output shape. Throws
// UsageError that names the layer and the shapes when they do not fit. Any content is safe.
void infer_shapes(Network& network);
// The output shape of a layer, or the network's input shape for "input". Throws Error for an
// unknown name.
[[nodiscard]] const Shape& shape_of(const Network& network, const std::string& name);

enum class ParameterRole { Kernel, Bias, Gamma, Beta, MovingMean, MovingVariance };
struct ParameterSpec {
  std::string
      name;  // "<layer>/kernel", "<layer>/bias", ".../gamma|beta|moving_mean|moving_variance"
  ParameterRole role = ParameterRole::Kernel;
  Shape shape;  // conv2d kernel (height, width, in, out); dense kernel (in, out)
  // Of a kernel (height * width * in, height * width * out); a bias has its kernel's; 0 for all
  // others.
  std::int64_t fan_in = 0;
  std::int64_t fan_out = 0;
  [[nodiscard]] bool trainable() const {
    return role != ParameterRole::MovingMean && role != ParameterRole::MovingVariance;
  }
};
// After infer_shapes. In order of layers, kernel before bias, gamma, beta, moving_mean,
// moving_variance.
[[nodiscard]] std::vector<ParameterSpec> parameters(const Network& network);

}  // namespace plumbline
