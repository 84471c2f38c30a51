#include <gtest/gtest.h>

#include "engine/reference/complex_step.h"
#include "engine/reference/model_definition.h"
#include "engine/reference/networks.h"

namespace plumbline::reference {
namespace {

constexpr double kStep = 1e-30;

double loss_slope(const Model<ComplexStep>& model,
                  Arrays<ComplexStep::Value> parameters,
                  const RandomBatch& batch,
                  const std::string& name,
                  std::int64_t element) {
  parameters.at(name)(element) += ComplexStep::Value(0, kStep);
  OptimizerState<ComplexStep::Value> optimizer;
  return model.step(parameters, optimizer, batch.for_model(model)).loss.imag() / kStep;
}

// Every gradient of every parameter against the complex step, to 1e-11 of the largest.
void expect_true_gradients(const Network& network, Loss loss, std::mt19937& random) {
  const Settings settings = settings_for(network, loss);
  const TensorMap state = random_state(network, random);
  const RandomBatch batch = random_batch(network, 3, random);
  const Model<Double> model(settings, Double{});
  const Model<ComplexStep> complex_model(settings, ComplexStep{});
  OptimizerState<double> optimizer;
  const Step<double> step =
      model.step(model.parameters_from(state), optimizer, batch.for_model(model));
  const auto complex_parameters = complex_model.parameters_from(state);
  for (const auto& [name, gradient] : step.gradients) {
    for (std::int64_t e = 0; e < gradient.size(); ++e) {
      const double slope = loss_slope(complex_model, complex_parameters, batch, name, e);
      ASSERT_NEAR(gradient(e), slope, 1e-11) << name << " element " << e;
    }
  }
}

struct OperationCase {
  const char* name;
  std::vector<Operation>
      operations;  // between a first convolution, which needs their input gradient, and the output
};

const Activation kTanh{ActivationKind::Tanh, {}, {}};

std::vector<OperationCase> operation_cases() {
  const auto activation = [](ActivationKind kind, std::optional<bool> approximate = {}) {
    return ActivationLayer{
        {kind, kind == ActivationKind::LeakyRelu ? std::optional(0.2) : std::nullopt, approximate}};
  };
  return {
      {"conv2d_valid", {Conv2d{2, {3, 2}, {1, 1}, Padding::Valid, true, kTanh}}},
      {"conv2d_same", {Conv2d{2, {3, 2}, {1, 1}, Padding::Same, true, {}}}},
      {"conv2d_same_stride", {Conv2d{2, {2, 3}, {2, 3}, Padding::Same, false, {}}}},
      {"conv2d_valid_stride", {Conv2d{2, {2, 2}, {3, 2}, Padding::Valid, true, {}}}},
      {"max_pool", {MaxPool{{2, 2}, {2, 2}, Padding::Valid}}},
      {"max_pool_same_overlapping", {MaxPool{{3, 3}, {2, 2}, Padding::Same}}},
      {"average_pool", {AveragePool{{2, 3}, {2, 2}, Padding::Valid}}},
      {"average_pool_same_overlapping", {AveragePool{{3, 3}, {2, 1}, Padding::Same}}},
      {"dropout", {Dropout{0.3}}},
      {"batch_norm", {BatchNorm{}}},
      {"layer_norm", {LayerNorm{}}},
      {"relu", {activation(ActivationKind::Relu)}},
      {"leaky_relu", {activation(ActivationKind::LeakyRelu)}},
      {"tanh", {activation(ActivationKind::Tanh)}},
      {"sigmoid", {activation(ActivationKind::Sigmoid)}},
      {"gelu_erf", {activation(ActivationKind::Gelu, false)}},
      {"gelu_tanh", {activation(ActivationKind::Gelu, true)}},
  };
}

TEST(Gradient, OfEveryOperationIsTheComplexStepDerivative) {
  std::mt19937 random(17);
  for (const OperationCase& operation_case : operation_cases()) {
    for (const Loss loss : {Loss::SoftmaxCrossEntropy, Loss::MeanSquaredError}) {
      SCOPED_TRACE(operation_case.name);
      std::vector<Operation> operations = {Conv2d{3, {2, 2}, {1, 1}, Padding::Same, true, {}}};
      operations.insert(
          operations.end(), operation_case.operations.begin(), operation_case.operations.end());
      operations.insert(operations.end(), {Flatten{}, Dense{3, true, {}}});
      expect_true_gradients(chain({5, 6, 2}, operations), loss, random);
    }
  }
}

TEST(Gradient, OfGlobalAveragePoolAndDenseLayersIsTheComplexStepDerivative) {
  std::mt19937 random(18);
  const Network network = chain({4, 4, 2},
                                {Conv2d{3, {3, 3}, {1, 1}, Padding::Same, false, {}},
                                 GlobalAveragePool{},
                                 Dense{4, false, kTanh},
                                 LayerNorm{},
                                 Dense{3, true, {}}});
  expect_true_gradients(network, Loss::SoftmaxCrossEntropy, random);
}

TEST(Gradient, OfRandomNetworksWithBranchesIsTheComplexStepDerivative) {
  for (std::uint32_t seed = 0; seed < 24; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    expect_true_gradients(random_branches(random), Loss::SoftmaxCrossEntropy, random);
  }
}

TEST(Gradient, AgreesWithCentralDifferencesWhichShareNothingWithTheComplexStep) {
  std::mt19937 random(5);
  const Network network = random_branches(random);
  const TensorMap state = random_state(network, random);
  const RandomBatch batch = random_batch(network, 3, random);
  const Model<Double> model(settings_for(network), Double{});
  const Arrays<double> parameters = model.parameters_from(state);
  OptimizerState<double> optimizer;
  const auto loss_at = [&](const std::string& name, std::int64_t e, double shift) {
    Arrays<double> shifted = parameters;
    shifted.at(name)(e) += shift;
    OptimizerState<double> fresh;
    return model.step(shifted, fresh, batch.for_model(model)).loss;
  };
  const Step<double> step = model.step(parameters, optimizer, batch.for_model(model));
  constexpr double kShift = 1e-5;  // truncation 1e-10, cancellation 1e-11
  for (const auto& [name, gradient] : step.gradients) {
    for (std::int64_t e = 0; e < gradient.size(); ++e) {
      const double slope = (loss_at(name, e, kShift) - loss_at(name, e, -kShift)) / (2 * kShift);
      ASSERT_NEAR(gradient(e), slope, 1e-8) << name << " element " << e;
    }
  }
}

}  // namespace
}  // namespace plumbline::reference
