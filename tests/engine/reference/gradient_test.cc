#include <gtest/gtest.h>

#include "engine/reference/model_definition.h"
#include "engine/reference/networks.h"
#include "engine/reference/random_network.h"
#include "engine/reference/slope.h"

// Whole networks at random, in dialects at random: the gradient of every parameter is the
// derivative of the loss. operation_gradient_test.cc looks at each operation by itself.

namespace plumbline::reference {
namespace {

constexpr std::uint32_t kNetworks = 60;
constexpr std::int64_t kElements = 12;  // of each parameter, at random places

double largest(const Array<double>& values) {
  double size = 0;
  for (const double x : values.values()) {
    size = std::max(size, std::abs(x));
  }
  return size;
}

struct Tally {
  std::int64_t derivatives = 0;
  std::int64_t near_kinks = 0;
};

class NetworkUnderTest {
 public:
  explicit NetworkUnderTest(std::mt19937& random)
      : settings_(random_settings(random_network(random), random)),
        batch_(random_batch(settings_.network, 3, random)),
        parameters_(model_.parameters_from(random_state(settings_.network, random))) {}

  void expect_true_gradients(std::mt19937& random, Tally& tally) const {
    OptimizerState<double> optimizer;
    const Step<double> step = model_.step(parameters_, optimizer, batch_.for_model(model_));
    for (const auto& [name, gradient] : step.gradients) {
      for (std::int64_t i = 0; i < std::min(kElements, gradient.size()); ++i) {
        const std::int64_t e = gradient.size() <= kElements
                                   ? i
                                   : static_cast<std::int64_t>(random()) % gradient.size();
        expect_derivative(name, gradient, e, tally);
      }
    }
  }

 private:
  void expect_derivative(const std::string& name,
                         const Array<double>& gradient,
                         std::int64_t e,
                         Tally& tally) const {
    const double size = 1 + largest(gradient);
    Arrays<ComplexStep::Value> widened;
    for (const auto& [other, values] : parameters_) {
      Array<ComplexStep::Value> array(values.shape());
      std::copy(values.values().begin(), values.values().end(), array.values().begin());
      widened.emplace(other, std::move(array));
    }
    const auto complex_loss = [&](const auto& x) { return loss(complex_model_, widened, name, x); };
    const auto double_loss = [&](const auto& x) { return loss(model_, parameters_, name, x); };
    ASSERT_NEAR(gradient(e), complex_slope(widened.at(name), e, complex_loss), 1e-11 * size)
        << name << " element " << e;
    ++tally.derivatives;
    if (const auto slope = central_slope(parameters_.at(name), e, double_loss)) {
      ASSERT_NEAR(gradient(e), *slope, 1e-7 * size) << name << " element " << e;
    } else {
      ++tally.near_kinks;
    }
  }

  // The loss with x in place of the parameter of this name.
  template <typename A>
  [[nodiscard]] typename A::Value loss(const Model<A>& model,
                                       Arrays<typename A::Value> parameters,
                                       const std::string& name,
                                       const Array<typename A::Value>& x) const {
    parameters.at(name) = x;
    OptimizerState<typename A::Value> optimizer;
    return model.step(parameters, optimizer, batch_.for_model(model)).loss;
  }

  Settings settings_;
  Model<Double> model_{settings_, Double{}};
  Model<ComplexStep> complex_model_{settings_, ComplexStep{}};
  RandomBatch batch_;
  Arrays<double> parameters_;
};

TEST(Gradient, OfRandomNetworksInRandomDialectsIsTheDerivative) {
  Tally tally;
  for (std::uint32_t seed = 0; seed < kNetworks; ++seed) {
    SCOPED_TRACE("std::mt19937 seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const NetworkUnderTest test(random);
    test.expect_true_gradients(random, tally);
    if (HasFatalFailure()) {
      return;
    }
  }
  RecordProperty("derivatives", std::to_string(tally.derivatives));
  RecordProperty("near kinks", std::to_string(tally.near_kinks));
  EXPECT_GT(tally.derivatives, 2000);
  EXPECT_LT(tally.near_kinks, tally.derivatives / 10);
}

// That the networks are as various as they should be.
TEST(RandomNetwork, HasEveryOperationAndTheSameOneForTheSameSeed) {
  std::vector<std::int64_t> seen(std::variant_size_v<Operation>);
  for (std::uint32_t seed = 0; seed < kNetworks; ++seed) {
    std::mt19937 random(seed);
    std::mt19937 again(seed);
    const Network network = random_network(random);
    const Network repeated = random_network(again);
    ASSERT_EQ(network.layers.size(), repeated.layers.size());
    EXPECT_FALSE(unused_layer(network)) << seed;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      EXPECT_EQ(network.layers[i].inputs, repeated.layers[i].inputs);
      EXPECT_EQ(network.layers[i].output_shape, repeated.layers[i].output_shape);
      ++seen[network.layers[i].operation.index()];
    }
  }
  for (std::size_t kind = 0; kind < seen.size(); ++kind) {
    EXPECT_GE(seen[kind], 5) << "operation " << kind;
  }
}

}  // namespace
}  // namespace plumbline::reference
