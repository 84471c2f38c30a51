#include "parity/scenario.h"

#include <cmath>
#include <random>

#include "engine/reference/model.h"
#include "engine/reference/operations/input_scaling.h"

namespace plumbline::parity {
namespace {

// Smooth blobs on a flat background, as digits are: the background makes ties and repeats one
// rounding many times.
Tensor images(std::int64_t count, std::mt19937& random) {
  std::uniform_real_distribution<double> place(8, 20);
  Tensor tensor(DType::U8, {count, 28, 28, 1});
  auto pixel = tensor.as<std::uint8_t>().begin();
  for (std::int64_t n = 0; n < count; ++n) {
    const double centre_y = place(random);
    const double centre_x = place(random);
    const double tilt = place(random) - 14;
    for (int y = 0; y < 28; ++y) {
      for (int x = 0; x < 28; ++x) {
        const double across = (x - centre_x) + 0.2 * tilt * (y - centre_y) / 4;
        const double ink = std::exp(-across * across / 8 - std::pow((y - centre_y) / 7, 2));
        *pixel++ = static_cast<std::uint8_t>(255 * ink);
      }
    }
  }
  return tensor;
}

TensorMap he_normal_state(const Network& network, std::mt19937& random) {
  TensorMap state;
  for (const ParameterSpec& parameter : parameters(network)) {
    Tensor tensor(DType::F32, parameter.shape);
    std::normal_distribution<float> normal(
        0, std::sqrt(2.0F / static_cast<float>(std::max<std::int64_t>(1, parameter.fan_in))));
    for (float& x : tensor.as<float>()) {
      switch (parameter.role) {
        case ParameterRole::Kernel:
          x = normal(random);
          break;
        case ParameterRole::Bias:
          x = 0.1F;
          break;
        case ParameterRole::Gamma:
        case ParameterRole::MovingVariance:
          x = 1;
          break;
        case ParameterRole::Beta:
        case ParameterRole::MovingMean:
          break;
      }
    }
    state.emplace(parameter.name, tensor);
  }
  return state;
}

TrainingBatch batch(const Network& network, std::int64_t size, std::mt19937& random) {
  TrainingBatch batch{{images(size, random), InputScaling{}}, {}, {}};
  for (std::int64_t n = 0; n < size; ++n) {
    batch.labels.push_back(random() % 10);
  }
  for (const Layer& layer : network.layers) {
    if (std::holds_alternative<Dropout>(layer.operation)) {
      Shape shape = layer.output_shape;
      shape.insert(shape.begin(), size);
      Tensor mask(DType::U8, shape);
      for (std::uint8_t& keep : mask.as<std::uint8_t>()) {
        keep = random() % 2;
      }
      batch.masks.emplace(layer.name, mask);
    }
  }
  return batch;
}

const Activation kRelu{ActivationKind::Relu, {}, {}};

// Adds layers one after another, each taking the last unless told otherwise.
class Builder {
 public:
  std::string add(const std::string& name,
                  const Operation& operation,
                  std::vector<std::string> inputs = {}) {
    if (inputs.empty()) {
      inputs = {last_};
    }
    network_.layers.push_back({name, operation, inputs, {}});
    last_ = name;
    return name;
  }
  std::string conv_norm(const std::string& name,
                        std::int64_t filters,
                        std::int64_t kernel,
                        std::int64_t stride,
                        const std::string& input) {
    add(name,
        Conv2d{filters, {kernel, kernel}, {stride, stride}, Padding::Same, false, {}},
        {input});
    return add(name + "_norm", BatchNorm{0.9, 1e-5});
  }
  std::string relu(const std::string& name) { return add(name, ActivationLayer{kRelu}); }
  Network network() {
    infer_shapes(network_);
    return network_;
  }

 private:
  Network network_{{28, 28, 1}, {}};
  std::string last_ = "input";
};

}  // namespace

Network paper_cnn(std::int64_t narrowing) {
  Builder builder;
  builder.add("conv2d_1", Conv2d{32 / narrowing, {5, 5}, {1, 1}, Padding::Same, true, kRelu});
  builder.add("max_pool_1", MaxPool{{2, 2}, {2, 2}, Padding::Valid});
  builder.add("conv2d_2", Conv2d{64 / narrowing, {5, 5}, {1, 1}, Padding::Same, true, kRelu});
  builder.add("max_pool_2", MaxPool{{2, 2}, {2, 2}, Padding::Valid});
  builder.add("flatten_1", Flatten{});
  builder.add("dense_1", Dense{1024 / narrowing, true, kRelu});
  builder.add("dropout_1", Dropout{0.5});
  builder.add("dense_2", Dense{10, true, {}});
  return builder.network();
}

Network residual_net() {
  Builder builder;
  builder.conv_norm("stem", 8, 3, 1, "input");
  const std::string stem = builder.relu("stem_relu");
  builder.conv_norm("a_1", 8, 3, 1, stem);
  const std::string a_2 = builder.conv_norm("a_2", 8, 3, 1, builder.relu("a_relu"));
  builder.add("a_add", Add{}, {a_2, stem});
  const std::string a = builder.relu("a_out");
  builder.conv_norm("b_1", 16, 3, 2, a);
  const std::string b_2 = builder.conv_norm("b_2", 16, 3, 1, builder.relu("b_relu"));
  const std::string projection = builder.conv_norm("b_projection", 16, 1, 2, a);
  builder.add("b_add", Add{}, {b_2, projection});
  builder.relu("b_out");
  builder.add("pool", GlobalAveragePool{});
  builder.add("dense_1", Dense{10, true, {}});
  return builder.network();
}

TrainingCase training_case(const Network& network, std::uint32_t seed, int steps) {
  std::mt19937 random(seed);
  Recipe recipe;
  recipe.optimizer.learning_rate = 0.1;
  recipe.optimizer.momentum = 0.9;
  TrainingCase training{resolve(recipe, network), he_normal_state(network, random), {}};
  for (int step = 0; step < steps; ++step) {
    training.batches.push_back(batch(network, 8, random));
  }
  return training;
}

TrainingFound trained_in(const TrainingCase& training, const reference::Float32Dialect& dialect) {
  const reference::Model<reference::Float32> model(training.settings, reference::Float32(dialect));
  reference::OptimizerState<float> optimizer;
  TrainingFound found;
  reference::Arrays<float> parameters = model.parameters_from(training.state);
  for (const TrainingBatch& batch : training.batches) {
    auto step = model.step(
        parameters,
        optimizer,
        {reference::scaled_inputs(model.arithmetic(), batch.images.tensor, *batch.images.scaling),
         batch.labels,
         batch.masks});
    found.losses.emplace_back(step.loss);
    parameters = std::move(step.after);
  }
  for (const auto& [name, values] : parameters) {
    Tensor tensor(DType::F32, values.shape());
    std::copy(values.values().begin(), values.values().end(), tensor.as<float>().begin());
    found.after.emplace(name, tensor);
  }
  return found;
}

}  // namespace plumbline::parity
