#include "engine/reference/networks.h"

namespace plumbline {
namespace {

Tensor normal_tensor(const Shape& shape, double mean, double stddev, std::mt19937& random) {
  std::normal_distribution<double> normal(mean, stddev);
  Tensor tensor(DType::F32, shape);
  for (float& x : tensor.as<float>()) {
    x = static_cast<float>(normal(random));
  }
  return tensor;
}

Shape with_batch(std::int64_t batch, const Shape& shape) {
  Shape whole{batch};
  whole.insert(whole.end(), shape.begin(), shape.end());
  return whole;
}

Operation random_operation(std::mt19937& random) {
  const Activation gelu{ActivationKind::Gelu, std::nullopt, random() % 2 == 0};
  const std::vector<Operation> choices = {
      Conv2d{3, {3, 3}, {1, 1}, Padding::Same, true, Activation{ActivationKind::Tanh, {}, {}}},
      Conv2d{3, {1, 1}, {1, 1}, Padding::Same, false, {}},
      BatchNorm{},
      LayerNorm{},
      ActivationLayer{gelu},
      Dropout{0.4},
      MaxPool{{3, 3}, {1, 1}, Padding::Same},
      AveragePool{{2, 2}, {1, 1}, Padding::Same},
  };
  return choices[random() % choices.size()];
}

}  // namespace

Network chain(const Shape& input, const std::vector<Operation>& operations) {
  Network network{input, {}};
  std::string before = "input";
  for (const Operation& operation : operations) {
    const std::string name = "layer_" + std::to_string(network.layers.size());
    network.layers.push_back({name, operation, {before}, {}});
    before = name;
  }
  infer_shapes(network);
  return network;
}

Network random_branches(std::mt19937& random) {
  Network network{{4, 5, 2}, {}};
  auto& layers = network.layers;
  layers.push_back({"stem", Conv2d{3, {2, 3}, {1, 1}, Padding::Same, true, {}}, {"input"}, {}});
  layers.push_back({"left", random_operation(random), {"stem"}, {}});
  layers.push_back({"right", random_operation(random), {"stem"}, {}});
  layers.push_back({"right_2", random_operation(random), {"right"}, {}});
  if (random() % 2 == 0) {
    layers.push_back({"meet", Add{}, {"left", "right_2", "stem"}, {}});
  } else {
    layers.push_back({"meet", Concatenate{}, {"right_2", "left"}, {}});
  }
  layers.push_back({"pool", GlobalAveragePool{}, {"meet"}, {}});
  layers.push_back({"out", Dense{3, true, {}}, {"pool"}, {}});
  infer_shapes(network);
  return network;
}

Settings settings_for(const Network& network, Loss loss) {
  Recipe recipe;
  recipe.loss = loss;
  recipe.optimizer.learning_rate = 0.1;
  return resolve(recipe, network);
}

TensorMap random_state(const Network& network, std::mt19937& random) {
  TensorMap state;
  for (const ParameterSpec& parameter : parameters(network)) {
    const bool near_one = parameter.role == ParameterRole::Gamma;
    const double stddev = parameter.role == ParameterRole::Kernel
                              ? 1 / std::sqrt(static_cast<double>(parameter.fan_in))
                              : 0.2;
    Tensor values = normal_tensor(parameter.shape, near_one ? 1 : 0, stddev, random);
    if (parameter.role == ParameterRole::MovingVariance) {
      for (float& x : values.as<float>()) {
        x = 0.5F + std::abs(x);
      }
    }
    state.emplace(parameter.name, values);
  }
  return state;
}

RandomBatch random_batch(const Network& network, std::int64_t size, std::mt19937& random) {
  RandomBatch batch;
  batch.inputs = normal_tensor(with_batch(size, network.input), 0.3, 1, random);
  const auto classes = static_cast<std::uint32_t>(network.layers.back().output_shape.front());
  for (std::int64_t n = 0; n < size; ++n) {
    batch.labels.push_back(random() % classes);
  }
  for (const Layer& layer : network.layers) {
    if (std::holds_alternative<Dropout>(layer.operation)) {
      Tensor mask(DType::U8, with_batch(size, layer.output_shape));
      for (std::uint8_t& keep : mask.as<std::uint8_t>()) {
        keep = random() % 3 == 0 ? 0 : 1;
      }
      batch.masks.emplace(layer.name, mask);
    }
  }
  return batch;
}

Activation relu() {
  return {ActivationKind::Relu, {}, {}};
}

}  // namespace plumbline
