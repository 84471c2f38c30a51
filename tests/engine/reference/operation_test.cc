#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/reference/arithmetic/double.h"
#include "engine/reference/arrays.h"
#include "engine/reference/operations/activation.h"
#include "engine/reference/operations/add.h"
#include "engine/reference/operations/average_pool.h"
#include "engine/reference/operations/batch_norm.h"
#include "engine/reference/operations/bias.h"
#include "engine/reference/operations/concatenate.h"
#include "engine/reference/operations/conv2d.h"
#include "engine/reference/operations/dense.h"
#include "engine/reference/operations/dropout.h"
#include "engine/reference/operations/flatten.h"
#include "engine/reference/operations/global_average_pool.h"
#include "engine/reference/operations/input_scaling.h"
#include "engine/reference/operations/kernel_order.h"
#include "engine/reference/operations/layer_norm.h"
#include "engine/reference/operations/max_pool.h"

// Values against other programs. "TensorFlow" is 2.21.0 and "PyTorch" is 2.13.0+cpu, both in
// float64 on these inputs.

namespace plumbline::reference {
namespace {

using ::testing::ElementsAre;

constexpr Double kDouble{};

TEST(Conv2d, IsTensorFlowsWithEvenAndStridedSameWindows) {
  const Array<double> x = pattern({1, 5, 4, 2}, 7, 11);
  const Array<double> w = pattern({2, 3, 2, 2}, 5, 7);
  const Window window = Window::make(x.shape(), {2, 3}, {2, 1}, Padding::Same);
  const Array<double> y = conv2d(kDouble, x, w, window);
  const Array<double> dy = pattern(y.shape(), 3, 5);
  expect_near(y,
              {-31, 18, -22, -39, 25, -34, 20, -3, 3,  -21, -9,  -10,
               16,  17, -13, 4,   10, 8,   19, 19, -6, 22,  -28, -7},
              0);
  expect_near(conv2d_input_gradient(kDouble, x.shape(), w, dy, window),
              {2,  -5, -9, 6,  -9, 16, 2,  -4, -5, 2,  -3, -9, 1,  -9, 8,  2,  14, -4, 6,  -9,
               -9, 6,  -4, 14, -3, 14, -7, 6,  -3, -9, -1, -4, -4, 2,  16, -9, 6,  -9, -5, 2},
              0);
  expect_near(conv2d_kernel_gradient(kDouble, x, w.shape(), dy, window),
              {1, -4,  -16, -5, 3, 1, -7, 22,  20, -20, -23, 8,
               9, -16, -12, 17, 4, 2, 16, -13, -2, -11, 3,   -5},
              0);
}

TEST(Conv2d, IsTensorFlowsWithABatchAndStridesInBothDirections) {
  const Array<double> x = pattern({2, 4, 5, 1}, 7, 11);
  const Array<double> w = pattern({3, 2, 1, 2}, 5, 7);
  const Window window = Window::make(x.shape(), {3, 2}, {2, 2}, Padding::Same);
  const Array<double> y = conv2d(kDouble, x, w, window);
  const Array<double> dy = pattern(y.shape(), 3, 5);
  expect_near(
      y,
      {10, -44, 18, -8, 16, 5, 9, 18, 6, 12, -27, 6, -9, 19, 10, -44, 10, -4, 1, -31, 9, 18, 6, 8},
      0);
  expect_near(conv2d_input_gradient(kDouble, x.shape(), w, dy, window),
              {8, -2, 7,  -4, -4, -5, -1, -1, -5, -2, -9, 9, -8, 8,  8, 2, 2,  6,  -2, -5,
               7, -4, -4, 4,  -5, -1, -5, -2, 6,  2,  -8, 8, 8,  -8, 9, 6, -2, -5, -1, -1},
              0);
  expect_near(conv2d_kernel_gradient(kDouble, x, w.shape(), dy, window),
              {-8, 16, -1, 6, 8, 11, 8, -10, 6, -15, 9, 7},
              0);
}

TEST(Conv2d, IsACorrelation) {
  const Window window = Window::make({1, 1, 2, 1}, {1, 2}, {1, 1}, Padding::Valid);
  expect_near(
      conv2d(kDouble, array({1, 1, 2, 1}, {1, 10}), array({1, 2, 1, 1}, {2, 3}), window), {32}, 0);
}

TEST(Conv2d, FlipsAKernelThatIsOrderedAsAConvolution) {
  const Array<double> w = array({2, 2, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  expect_near(ordered(KernelOrder::Correlation, w), {1, 2, 3, 4, 5, 6, 7, 8}, 0);
  expect_near(ordered(KernelOrder::Convolution, w), {7, 8, 5, 6, 3, 4, 1, 2}, 0);
}

TEST(Dense, MultipliesByInRowsAndOutColumns) {
  const Array<double> x = array({1, 2}, {1, 10});
  const Array<double> w = array({2, 3}, {1, 2, 3, 4, 5, 6});
  const Array<double> dy = array({1, 3}, {1, 100, 10000});
  expect_near(dense(kDouble, x, w), {41, 52, 63}, 0);
  expect_near(dense_input_gradient(kDouble, w, dy), {30201, 60504}, 0);
  expect_near(dense_kernel_gradient(kDouble, x, dy), {1, 100, 10000, 10, 1000, 100000}, 0);
  expect_near(add_bias(dy, array({3}, {1, 2, 3})), {2, 102, 10003}, 0);
  expect_near(bias_gradient(kDouble, array({2, 2}, {1, 2, 30, 40})), {31, 42}, 0);
}

// All inputs are negative: a padded 0 would win.
TEST(MaxPool, IsTensorFlowsAndPaddedPlacesNeverWin) {
  Array<double> x = pattern({1, 5, 4, 1}, 7, 11);
  for (double& value : x.values()) {
    value -= 6;
  }
  const Window window = Window::make(x.shape(), {3, 2}, {2, 2}, Padding::Same);
  const Array<double> y = max_pool(kDouble, x, window);
  expect_near(y, {-4, -1, -3, -1, -2, -1}, 0);
  expect_near(max_pool_gradient(kDouble, x, pattern(y.shape(), 3, 5), window, PoolTies::First),
              {0, -2, 0, 1, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
              0);
}

TEST(MaxPool, GivesTheGradientOfEqualInputsByTheDialect) {
  const Array<double> x = array({1, 1, 4, 1}, {2, 2, 1, 2});
  const Window window = Window::make(x.shape(), {1, 4}, {1, 1}, Padding::Valid);
  const Array<double> dy = array({1, 1, 1, 1}, {6});
  expect_near(max_pool_gradient(kDouble, x, dy, window, PoolTies::First), {6, 0, 0, 0}, 0);
  expect_near(max_pool_gradient(kDouble, x, dy, window, PoolTies::Last), {0, 0, 0, 6}, 0);
  expect_near(max_pool_gradient(kDouble, x, dy, window, PoolTies::Shared), {2, 2, 0, 2}, 0);
  expect_near(max_pool_gradient(kDouble, x, dy, window, PoolTies::Each), {6, 6, 0, 6}, 0);
}

TEST(AveragePool, IsTensorFlowsAndPaddedPlacesAreNotCounted) {
  Array<double> x = pattern({1, 5, 4, 1}, 7, 11);
  for (double& value : x.values()) {
    value -= 6;
  }
  const Window window = Window::make(x.shape(), {3, 2}, {2, 2}, Padding::Same);
  const Array<double> y = average_pool(kDouble, x, window, AverageOver::Inputs);
  expect_near(y, {-7.25, -4.25, -6.5, -16.0 / 3, -5.75, -5.5});
  const double sixth = 1.0 / 6;
  const double twelfth = 7.0 / 12;
  expect_near(average_pool_gradient(
                  kDouble, x.shape(), pattern(y.shape(), 3, 5), window, AverageOver::Inputs),
              {-0.5,    -0.5,   0.25,   0.25,      -4 * sixth, -4 * sixth, twelfth,
               twelfth, -sixth, -sixth, 2 * sixth, 2 * sixth,  -sixth,     -sixth,
               -sixth,  -sixth, 0,      0,         -0.5,       -0.5});
}

TEST(GlobalAveragePool, AveragesEachChannelOverAllPlaces) {
  const Array<double> x = array({2, 1, 2, 2}, {1, 10, 3, 30, 5, 50, 7, 70});
  expect_near(global_average_pool(kDouble, x), {2, 20, 6, 60}, 0);
  expect_near(global_average_pool_gradient(kDouble, x.shape(), array({2, 2}, {2, 4, 6, 8})),
              {1, 2, 1, 2, 3, 4, 3, 4},
              0);
}

TEST(ShapeOperations, MoveNothingButWhatTheySay) {
  const Array<double> a = array({2, 1, 1, 2}, {1, 2, 3, 4});
  const Array<double> b = array({2, 1, 1, 1}, {5, 6});
  const Array<double> joined = concatenate<double>({&a, &b});
  EXPECT_EQ(joined.shape(), (Shape{2, 1, 1, 3}));
  expect_near(joined, {1, 2, 5, 3, 4, 6}, 0);
  expect_near(concatenate_gradient(b.shape(), joined, 2), {5, 6}, 0);
  expect_near(add(a, a), {2, 4, 6, 8}, 0);
  EXPECT_EQ(flatten(a).shape(), (Shape{2, 2}));
  EXPECT_EQ(flatten_gradient(a.shape(), flatten(a)).shape(), a.shape());
}

// Worked out by hand: 0.8 of what comes is kept.
TEST(Dropout, ScalesByTheKeptShareInTrainingOrInInference) {
  const Array<double> x = array({1, 3}, {1, 2, 3});
  const Array<double> mask = array({1, 3}, {1, 0, 1});
  expect_near(dropout(kDouble, x, mask, 0.2, DropoutScale::InTraining), {1.25, 0, 3.75});
  expect_near(dropout_in_inference(kDouble, x, 0.2, DropoutScale::InTraining), {1, 2, 3}, 0);
  expect_near(dropout(kDouble, x, mask, 0.2, DropoutScale::InInference), {1, 0, 3}, 0);
  expect_near(dropout_in_inference(kDouble, x, 0.2, DropoutScale::InInference), {0.8, 1.6, 2.4});
}

struct ActivationCase {
  const char* name;
  Activation function;
  std::vector<double> y, dy;
};

TEST(Activation, HasPyTorchsValuesAndDerivatives) {
  const ActivationCase cases[] = {
      {"relu", {ActivationKind::Relu, {}, {}}, {0, 0, 0, 0.25, 2}, {0, 0, 0, 1, 1}},
      {"leaky_relu",
       {ActivationKind::LeakyRelu, 0.2, {}},
       {-0.6, -0.1, 0, 0.25, 2},
       {0.2, 0.2, 0.2, 1, 1}},
      {"tanh",
       {ActivationKind::Tanh, {}, {}},
       {-0.9950547536867305, -0.4621171572600098, 0, 0.2449186624037091, 0.9640275800758169},
       {0.009866037165440166, 0.7864477329659274, 1, 0.940014848806378, 0.07065082485316443}},
      {"sigmoid",
       {ActivationKind::Sigmoid, {}, {}},
       {0.04742587317756678, 0.3775406687981454, 0.5, 0.5621765008857981, 0.8807970779778823},
       {0.04517665973091214, 0.2350037122015945, 0.25, 0.2461340827375983, 0.1049935854035066}},
      {"gelu",
       {ActivationKind::Gelu, {}, false},
       {-0.00404969409489031, -0.1542687693629934, 0, 0.1496765814207309, 1.954499736103642},
       {-0.01194564720418392, 0.1325048753438371, 0.5, 0.6953733548836361, 1.085231801078197}},
      {"gelu, approximate",
       {ActivationKind::Gelu, {}, true},
       {-0.003637392081772994, -0.1542859901748561, 0, 0.149675350701685, 1.954597694087775},
       {-0.01158416663096965, 0.1326300964653576, 0.5, 0.6953540951510604, 1.086099256623618}},
  };
  const Array<double> x = array({5}, {-3, -0.5, 0, 0.25, 2});
  const Array<double> ones = array({5}, {1, 1, 1, 1, 1});
  for (const ActivationCase& c : cases) {
    SCOPED_TRACE(c.name);
    expect_near(activation(kDouble, c.function, x), c.y);
    expect_near(activation_gradient(kDouble, Dialect{}, c.function, x, ones), c.dy);
  }
}

// At 0 itself; elsewhere the rule must not matter.
TEST(Activation, HasTheSlopeOfTheDialectAtZero) {
  const Array<double> x = array({3}, {-1, 0, 1});
  const Array<double> ones = array({3}, {1, 1, 1});
  const std::pair<SlopeAtZero, std::pair<double, double>> cases[] = {
      {SlopeAtZero::Below, {0, 0.2}},
      {SlopeAtZero::Middle, {0.5, 0.6}},
      {SlopeAtZero::Above, {1, 1}},
  };
  for (const auto& [at_zero, slopes] : cases) {
    const Dialect of_relu{.relu_at_zero = at_zero};
    const Activation relu{ActivationKind::Relu, {}, {}};
    expect_near(activation_gradient(kDouble, of_relu, relu, x, ones), {0, slopes.first, 1}, 0);
    const Dialect of_leaky{.leaky_relu_at_zero = at_zero};
    const Activation leaky{ActivationKind::LeakyRelu, 0.2, {}};
    expect_near(activation_gradient(kDouble, of_leaky, leaky, x, ones), {0.2, slopes.second, 1});
  }
}

// keras/layers/normalization.py of Keras 2.3.1 by itself; tests/engine/reference/golden has the
// others. Six values a channel: variance 35 / 12, epsilon 0.5, so that 6 / (6 - 1.5) = 4 / 3 of it
// enters.
TEST(BatchNorm, TakesInTheVarianceOfKeras2) {
  const Array<double> x = array({6, 1}, {1, 2, 3, 4, 5, 6});
  const Array<double> zero = array({1}, {0});
  const Dialect dialect{.running_variance = RunningVariance::Keras2};
  const auto after = batch_norm_running(kDouble, x, {zero, zero, zero, zero}, 0.75, 0.5, dialect);
  expect_near(after.mean, {3.5 / 4});
  expect_near(after.variance, {35.0 / 12 * 4 / 3 / 4});
}

TEST(BatchNorm, IsPyTorchsInTrainingWithEpsilon1e3) {
  const Array<double> x = pattern({6, 2}, 7, 11);
  const Array<double> gamma = array({2}, {1.5, -0.5});
  const Array<double> beta = array({2}, {0.25, 1});
  const Array<double> mean = array({2}, {0.5, -1});
  const Array<double> variance = array({2}, {2, 3});
  const BatchNormParameters<double> parameters{gamma, beta, mean, variance};
  expect_near(batch_norm(kDouble, x, parameters, 1e-3, true),
              {-1.65194251535009,
               0.7583260413829398,
               -0.1634657642065412,
               0.3233129158722313,
               1.325010986937007,
               1.48334791723412,
               2.813487738080556,
               1.048334791723412,
               -1.15578359830224,
               0.6133216662127036,
               0.3326931528413083,
               1.773356667574593});
  const auto gradients = batch_norm_gradient(kDouble, x, gamma, pattern({6, 2}, 3, 5), 1e-3);
  expect_near(gradients.dx,
              {-0.5610355300843158,
               -0.07792652118141796,
               -0.272969133467675,
               -0.1456920717228522,
               0.01509726314896563,
               0.228355229947954,
               0.3031636597656063,
               0.1605896794065197,
               1.354235964630013,
               0.09282412886508548,
               -0.8384922239925943,
               -0.258150445315289});
  expect_near(gradients.dgamma, {2.535923353800121, 3.673444170979316});
  expect_near(gradients.dbeta, {-2, 1});
  const auto unbiased = batch_norm_running(
      kDouble, x, parameters, 0.9, 1e-3, Dialect{.running_variance = RunningVariance::Unbiased});
  expect_near(unbiased.mean, {1.0 / 3, -13.0 / 15});
  expect_near(unbiased.variance, {2.896666666666667, 4.126666666666667});
  // The share of the batch, 0.1, times 5 / 6: v = 0.9 * 2 + 0.1 * 10.9666.. * 5 / 6
  const auto biased = batch_norm_running(kDouble, x, parameters, 0.9, 1e-3, Dialect{});
  expect_near(biased.variance,
              {1.8 + (2.896666666666667 - 1.8) * 5 / 6, 2.7 + (4.126666666666667 - 2.7) * 5 / 6});
  // Of the same batch, (v + epsilon) * 6 / (6 - 1 - epsilon).
  const auto theano =
      batch_norm_running(kDouble,
                         x,
                         parameters,
                         0.9,
                         1e-3,
                         Dialect{.running_variance = RunningVariance::Keras2Theano});
  expect_near(theano.variance,
              {1.8 + ((2.896666666666667 - 1.8) * 5 / 6 + 1e-4) * 6 / 4.999,
               2.7 + ((4.126666666666667 - 2.7) * 5 / 6 + 1e-4) * 6 / 4.999});
}

TEST(BatchNorm, IsPyTorchsInInference) {
  const Array<double> gamma = array({2}, {1.5, -0.5});
  const Array<double> beta = array({2}, {0.25, 1});
  const Array<double> mean = array({2}, {0.5, -1});
  const Array<double> variance = array({2}, {2, 3});
  expect_near(
      batch_norm(kDouble, pattern({6, 2}, 7, 11), {gamma, beta, mean, variance}, 1e-3, false),
      {-5.582173083727945,
       0.1341188977084874,
       -2.400987765330884,
       -0.7317622045830252,
       0.7801975530661768,
       1.577254068194342,
       3.961382871463238,
       0.7113729659028292,
       -4.521777977595591,
       -0.1545081363886835,
       -1.34059265919853,
       2.154508136388684});
}

TEST(LayerNorm, IsPyTorchs) {
  const Array<double> x = pattern({2, 3}, 7, 11);
  const Array<double> gamma = array({3}, {1.5, -0.5, 2});
  const Array<double> beta = array({3}, {0.25, 1, 0});
  expect_near(layer_norm(kDouble, x, gamma, beta, 1e-3),
              {-1.493608554131072,
               0.3606768634852734,
               -0.2324811405508096,
               2.087031198268093,
               1,
               -2.449374931024124});
  const auto gradients = layer_norm_gradient(kDouble, x, gamma, pattern({2, 3}, 3, 5), 1e-3);
  expect_near(gradients.dx,
              {0.009374290203742086,
               0.007124366317194319,
               -0.01649865652093663,
               -0.05092819117017089,
               0.1020572887926718,
               -0.05112909762250095});
  expect_near(gradients.dgamma, {4.774186336532221, 1.278646273029453, 2.565615501299529});
  expect_near(gradients.dbeta, {0, 1, -3});
}

TEST(InputScaling, ScalesStoredPixelsOfEitherType) {
  Tensor bytes(DType::U8, {1, 2});
  bytes.as<std::uint8_t>()[0] = 0;
  bytes.as<std::uint8_t>()[1] = 255;
  expect_near(scaled_inputs(kDouble, bytes, {1.0 / 255, 0.25, 0.5}), {-0.5, 1.5});
  Tensor floats(DType::F32, {1, 1});
  floats.as<float>()[0] = 3;
  expect_near(scaled_inputs(kDouble, floats, {2, 1, 10}), {0.5});
}

}  // namespace
}  // namespace plumbline::reference
