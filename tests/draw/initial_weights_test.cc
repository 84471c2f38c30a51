#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "draw/draw.h"
#include "draw/normal_quantile.h"
#include "draw/small_network.h"

namespace plumbline {
namespace {

constexpr PhiloxKey kKey = {3, 4};

// One dense layer of 400 to 500: 200,000 values, fans 400 and 500.
Network wide_network() {
  Network network;
  network.input = {400};
  network.layers = {{"dense", Dense{.units = 500, .activation = {}}, {"input"}, {}}};
  infer_shapes(network);
  return network;
}

std::vector<float> values_of(const Tensor& tensor) {
  const auto elements = tensor.as<float>();
  return {elements.begin(), elements.end()};
}

double mean_of_powers(const std::vector<float>& values, double centre, int power) {
  double sum = 0;
  for (const float value : values) {
    sum += std::pow(value - centre, power);
  }
  return sum / static_cast<double>(values.size());
}

TEST(InitialWeights, EveryParameterIsThereInItsShape) {
  const Network network = small_network();
  const TensorMap weights = initial_weights(network, Recipe{}, kKey);
  const std::vector<ParameterSpec> specs = parameters(network);
  EXPECT_EQ(weights.size(), specs.size());
  for (const ParameterSpec& spec : specs) {
    EXPECT_EQ(weights.at(spec.name).shape(), spec.shape) << spec.name;
    EXPECT_EQ(weights.at(spec.name).dtype(), DType::F32);
  }
}

TEST(InitialWeights, WhatIsNotDrawnHasItsConstant) {
  const TensorMap weights = initial_weights(small_network(), Recipe{}, kKey);
  const struct {
    const char* name;
    float value;
  } cases[] = {{"norm/gamma", 1},
               {"norm/beta", 0},
               {"norm/moving_mean", 0},
               {"norm/moving_variance", 1},
               {"conv/bias", 0},
               {"dense/bias", 0}};
  for (const auto& [name, value] : cases) {
    for (const float element : weights.at(name).as<float>()) {
      EXPECT_EQ(element, value) << name;
    }
  }
}

TEST(InitialWeights, LeftOutKernelsAreGlorotUniform) {
  const Initialiser glorot{.kind = InitialiserKind::GlorotUniform};
  const TensorMap left_out = initial_weights(small_network(), Recipe{}, kKey);
  const TensorMap given = initial_weights(small_network(), recipe_with(glorot), kKey);
  EXPECT_EQ(values_of(left_out.at("conv/kernel")), values_of(given.at("conv/kernel")));
}

TEST(InitialWeights, KernelsAndBiasesFollowTheirOwnInitialisers) {
  Recipe recipe = recipe_with({.kind = InitialiserKind::Constant, .value = 0.5});
  recipe.biases = Initialiser{.kind = InitialiserKind::Normal, .mean = 3, .stddev = 0.01};
  const TensorMap weights = initial_weights(small_network(), recipe, kKey);
  EXPECT_EQ(weights.at("dense/kernel").as<float>()[17], 0.5F);
  EXPECT_NEAR(weights.at("dense/bias").as<float>()[3], 3, 0.1);
  EXPECT_NE(weights.at("dense/bias").as<float>()[3], weights.at("dense/bias").as<float>()[4]);
}

TEST(InitialWeights, ElementsAreRandomAccess) {
  const TensorMap weights = initial_weights(
      small_network(), recipe_with({.kind = InitialiserKind::Normal, .stddev = 1}), kKey);
  std::uint32_t index = 0;
  for (const ParameterSpec& spec : parameters(small_network())) {
    const RandomStream stream(kKey, StreamPurpose::InitialWeights, index++, 0);
    const auto elements = weights.at(spec.name).as<float>();
    for (std::size_t e = elements.size(); spec.role == ParameterRole::Kernel && e-- > 0;) {
      ASSERT_EQ(elements[e], static_cast<float>(normal_quantile(stream.uniform_f64(e))))
          << spec.name << e;
    }
  }
}

TEST(InitialWeights, ParametersAndKeysDrawApart) {
  const Recipe recipe = recipe_with({.kind = InitialiserKind::Normal, .stddev = 1});
  const TensorMap weights = initial_weights(small_network(), recipe, kKey);
  const TensorMap others = initial_weights(small_network(), recipe, {3, 5});
  EXPECT_NE(weights.at("conv/kernel").as<float>()[0], weights.at("dense/kernel").as<float>()[0]);
  EXPECT_NE(weights.at("conv/kernel").as<float>()[0], others.at("conv/kernel").as<float>()[0]);
}

// Over n values of sd s: the mean's sd is s / sqrt n; the variance's is s^2 sqrt((k - 1) / n) with
// the kurtosis k (normal 3, uniform 9/5; 3 bounds the truncated normal). Five of them: one seed in
// two million would fail by chance.
TEST(InitialWeights, MomentsAreThoseOfTheLaw) {
  const double truncated_sd = 0.8796256610;  // of a unit normal cut at two
  const struct {
    Initialiser initialiser;
    double mean;
    double sd;
    double bound;  // of |value - mean|
  } cases[] = {
      {{.kind = InitialiserKind::Normal, .mean = 1, .stddev = 2}, 1, 2, 12},
      {{.kind = InitialiserKind::TruncatedNormal, .mean = 1, .stddev = 2}, 1, 2 * truncated_sd, 4},
      {{.kind = InitialiserKind::GlorotUniform}, 0, std::sqrt(2.0 / 900), std::sqrt(6.0 / 900)},
      {{.kind = InitialiserKind::GlorotNormal}, 0, std::sqrt(2.0 / 900), 1},
      {{.kind = InitialiserKind::HeUniform}, 0, std::sqrt(2.0 / 400), std::sqrt(6.0 / 400)},
      {{.kind = InitialiserKind::HeNormal}, 0, std::sqrt(2.0 / 400), 1},
      {{.kind = InitialiserKind::LecunUniform}, 0, std::sqrt(1.0 / 400), std::sqrt(3.0 / 400)},
      {{.kind = InitialiserKind::LecunNormal}, 0, std::sqrt(1.0 / 400), 1},
  };
  for (const auto& [initialiser, mean, sd, bound] : cases) {
    const auto values = values_of(
        initial_weights(wide_network(), recipe_with(initialiser), kKey).at("dense/kernel"));
    const double n = 200'000;
    ASSERT_EQ(values.size(), n);
    const char* const name = initialiser_name(initialiser.kind);
    EXPECT_NEAR(mean_of_powers(values, 0, 1), mean, 5 * sd / std::sqrt(n)) << name;
    EXPECT_NEAR(mean_of_powers(values, mean, 2), sd * sd, 5 * sd * sd * std::sqrt(2 / n)) << name;
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    EXPECT_GE(*least, static_cast<float>(mean - bound)) << name;
    EXPECT_LE(*most, static_cast<float>(mean + bound)) << name;
  }
}

// Kolmogorov's distance exceeds 2.5 / sqrt n with a probability of 2 exp(-2 * 2.5^2) = 7e-6.
double kolmogorov_distance(std::vector<float> values,
                           const std::function<double(double)>& distribution) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected = distribution(values[i]);
    const auto rank = static_cast<double>(i);
    distance = std::max({distance, expected - rank / n, (rank + 1) / n - expected});
  }
  return distance;
}

double phi(double x) {
  return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

TEST(InitialWeights, DistributionsAreThoseOfTheLaw) {
  const double limit = std::sqrt(6.0 / 900);
  const struct {
    Initialiser initialiser;
    std::function<double(double)> distribution;
  } cases[] = {
      {{.kind = InitialiserKind::Normal, .stddev = 1}, phi},
      {{.kind = InitialiserKind::TruncatedNormal, .stddev = 1},
       [](double x) { return (phi(x) - phi(-2)) / (phi(2) - phi(-2)); }},
      {{.kind = InitialiserKind::GlorotUniform}, [=](double x) { return (x / limit + 1) / 2; }},
  };
  for (const auto& [initialiser, distribution] : cases) {
    const auto values = values_of(
        initial_weights(wide_network(), recipe_with(initialiser), kKey).at("dense/kernel"));
    EXPECT_LT(kolmogorov_distance(values, distribution), 2.5 / std::sqrt(200'000.0))
        << initialiser_name(initialiser.kind);
  }
}

// Of fan_in 400 and fan_out 500: the laws of initialiser_dialect.h. Their bounds are exact; a
// standard deviation of 200,000 values is uncertain by 1 / sqrt(400,000) of itself, a sixth of the
// tolerance.
TEST(InitialWeights, TheLawIsTheDialects) {
  const double truncated_sd = 0.8796256610;
  const double glorot = std::sqrt(2.0 / 900);
  const double lecun = std::sqrt(1.0 / 400);
  const Recipe normal = recipe_with({.kind = InitialiserKind::GlorotNormal});
  const struct {
    Recipe recipe;
    InitialiserDialect dialect;
    double sd;
    double bound;
  } cases[] = {
      {normal, {.scaled_normal = ScaledNormal::Truncated}, truncated_sd * glorot, 2 * glorot},
      {normal,
       {.scaled_normal = ScaledNormal::TruncatedToScale},
       glorot,
       2 * glorot / truncated_sd},
      {{}, {.default_kernel = DefaultKernel::UniformOfFanIn}, 0.05 / std::sqrt(3), 0.05},
      {{},
       {.scaled_normal = ScaledNormal::TruncatedToScale,
        .default_kernel = DefaultKernel::LecunNormal},
       lecun,
       2 * lecun / truncated_sd},
  };
  for (const auto& c : cases) {
    const TensorMap weights = initial_weights(wide_network(), c.recipe, kKey, c.dialect);
    const std::vector<float> values = values_of(weights.at("dense/kernel"));
    EXPECT_NEAR(std::sqrt(mean_of_powers(values, 0, 2)), c.sd, c.sd / 100);
    const double largest = std::abs(*std::max_element(
        values.begin(), values.end(), [](float a, float b) { return std::abs(a) < std::abs(b); }));
    EXPECT_LE(largest, c.bound * (1 + 1e-6));
    EXPECT_GE(largest, 0.99 * c.bound);
    EXPECT_EQ(weights.at("dense/bias").as<float>()[7], 0);
  }
}

TEST(InitialWeights, BiasesThatAreLeftOutAreUniformOfTheirKernelsFanInInPyTorchsDialect) {
  const InitialiserDialect dialect{.default_bias = DefaultBias::UniformOfFanIn};
  const std::vector<float> biases =
      values_of(initial_weights(wide_network(), {}, kKey, dialect).at("dense/bias"));
  EXPECT_NEAR(std::sqrt(mean_of_powers(biases, 0, 2)), 0.05 / std::sqrt(3), 0.003);
  EXPECT_LE(*std::max_element(biases.begin(), biases.end()), 0.05F);
  EXPECT_GE(*std::max_element(biases.begin(), biases.end()), 0.045F);
  Recipe recipe;
  recipe.biases = Initialiser{.kind = InitialiserKind::Constant, .value = 0.5};
  EXPECT_EQ(initial_weights(wide_network(), recipe, kKey, dialect).at("dense/bias").as<float>()[7],
            0.5F);
}

}  // namespace
}  // namespace plumbline
