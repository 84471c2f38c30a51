#include "engine/reference/losses/loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/reference/arithmetic/double.h"
#include "engine/reference/arrays.h"

// Values against PyTorch 2.13.0+cpu in float64 on these inputs; golden_test.cc has other
// frameworks.

namespace plumbline::reference {
namespace {

constexpr Double kDouble{};

TEST(SoftmaxCrossEntropy, IsPyTorchsMeanOverTheBatch) {
  const Array<double> z = pattern({3, 4}, 7, 11, 0.5);
  const std::vector<std::int64_t> labels = {2, 0, 3};
  EXPECT_NEAR(softmax_cross_entropy(kDouble, z, labels, 3), 3.242758464406778, 1e-14);
  expect_near(softmax_cross_entropy_gradient(kDouble, z, labels, 3),
              {0.001782433016249654,
               0.05902607491920246,
               -0.3253450227657975,
               0.2645365148303454,
               -0.2797733772275922,
               0.007248551829711016,
               0.2400390698868864,
               0.03248575551099484,
               0.008502604959551453,
               0.2815676060617652,
               0.03810603171662397,
               -0.3281762427379407});
}

TEST(SoftmaxCrossEntropy, StaysFiniteWhereExpDoesNot) {
  const std::vector<std::int64_t> labels = {1};
  EXPECT_EQ(softmax_cross_entropy(kDouble, array({1, 2}, {2000, -2000}), labels, 1), 4000);
  expect_near(
      softmax_cross_entropy_gradient(kDouble, array({1, 2}, {2000, -2000}), labels, 1), {1, -1}, 0);
}

TEST(MeanSquaredError, IsPyTorchsAgainstOneHotLabels) {
  const Array<double> z = pattern({3, 4}, 7, 11, 0.5);
  const std::vector<std::int64_t> labels = {2, 0, 3};
  EXPECT_NEAR(mean_squared_error(kDouble, z, labels, 12), 3.5625, 1e-14);
  const double twelfth = 1.0 / 12;
  expect_near(mean_squared_error_gradient(kDouble, z, labels, 12),
              {-5 * twelfth,
               2 * twelfth,
               -4 * twelfth,
               5 * twelfth,
               -twelfth,
               -3 * twelfth,
               4 * twelfth,
               0,
               -4 * twelfth,
               3 * twelfth,
               -twelfth,
               -7 * twelfth});
}

// Worked out by hand, with a limit of 1/4 that is easily passed. p = (0.8, 0.1, 0.1).
TEST(ClippedCrossEntropy, ClipsBeforeItRenormalisesOrAfter) {
  const Array<double> p = array({1, 3}, {0.8, 0.1, 0.1});
  const std::vector<std::int64_t> high = {0};
  const std::vector<std::int64_t> low = {1};
  Dialect dialect{.cross_entropy = CrossEntropy::Clipped, .probability_limit = 0.25};
  EXPECT_NEAR(clipped_cross_entropy(kDouble, dialect, p, high, 1), -std::log(0.75), 1e-15);
  EXPECT_NEAR(clipped_cross_entropy(kDouble, dialect, p, low, 1), -std::log(0.25), 1e-15);
  expect_near(clipped_cross_entropy_gradient(kDouble, dialect, p, high, 1), {0, 0, 0}, 0);
  // r = (0.75, 0.25, 0.25) sums to 1.25.
  dialect.cross_entropy = CrossEntropy::ClippedAndRenormalised;
  EXPECT_NEAR(clipped_cross_entropy(kDouble, dialect, p, high, 1), -std::log(0.6), 1e-15);
  // Half of p is (0.4, 0.05, 0.05), which only renormalising brings back over the limit's end.
  dialect.cross_entropy = CrossEntropy::RenormalisedAndClipped;
  const Array<double> half = array({1, 3}, {0.4, 0.05, 0.05});
  EXPECT_NEAR(clipped_cross_entropy(kDouble, dialect, half, high, 1), -std::log(0.75), 1e-15);
}

// A probability at the limit itself lets the gradient through, as torch.clip and tf.clip_by_value
// do.
TEST(ClippedCrossEntropy, PassesTheGradientAtTheLimitAndNotBeyond) {
  const std::vector<std::int64_t> label = {0};
  const Dialect dialect{.cross_entropy = CrossEntropy::Clipped, .probability_limit = 0.25};
  for (const auto& [p, gradient] : std::vector<std::pair<double, double>>{
           {0.25, -4}, {0.75, -4.0 / 3}, {0.5, -2}, {0.2499, 0}, {0.7501, 0}}) {
    expect_near(
        clipped_cross_entropy_gradient(kDouble, dialect, array({1, 2}, {p, 1 - p}), label, 1),
        {gradient, 0});
  }
}

TEST(LossReduction, IsByTheDialect) {
  const Array<double> z = pattern({3, 4}, 7, 11, 0.5);
  const std::vector<std::int64_t> labels = {2, 0, 3};
  const auto loss = [&](Loss kind, LossReduction reduction) {
    return loss_of(kDouble, kind, Dialect{.loss_reduction = reduction}, z, labels);
  };
  const double entropy = 3.242758464406778;
  EXPECT_NEAR(loss(Loss::SoftmaxCrossEntropy, LossReduction::Mean), entropy, 1e-14);
  EXPECT_NEAR(loss(Loss::SoftmaxCrossEntropy, LossReduction::BatchMean), entropy, 1e-14);
  EXPECT_NEAR(loss(Loss::SoftmaxCrossEntropy, LossReduction::Sum), 3 * entropy, 1e-14);
  EXPECT_NEAR(loss(Loss::MeanSquaredError, LossReduction::Mean), 3.5625, 1e-14);
  EXPECT_NEAR(loss(Loss::MeanSquaredError, LossReduction::BatchMean), 4 * 3.5625, 1e-14);
  EXPECT_NEAR(loss(Loss::MeanSquaredError, LossReduction::Sum), 12 * 3.5625, 1e-13);
}

}  // namespace
}  // namespace plumbline::reference
