#include "engine/batch_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/error.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;

// Two layers read the input, and a dropout layer stands between.
Network network() {
  Network network{{4, 3, 1},
                  {{"conv", Conv2d{2, {3, 3}, {1, 1}, Padding::Same, true, {}}, {"input"}, {}},
                   {"side", Conv2d{2, {1, 1}, {1, 1}, Padding::Same, true, {}}, {"input"}, {}},
                   {"both", Add{}, {"conv", "side"}, {}},
                   {"drop", Dropout{0.5}, {"both"}, {}},
                   {"pool", GlobalAveragePool{}, {"drop"}, {}},
                   {"out", Dense{5, true, {}}, {"pool"}, {}}}};
  infer_shapes(network);
  return network;
}

class BatchCheck : public ::testing::Test {
 protected:
  BatchCheck() { masks_.emplace("drop", Tensor(DType::U8, {2, 4, 3, 2})); }
  [[nodiscard]] std::string message() const {
    try {
      check_batch(network_, {inputs_, labels_, masks_});
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing was thrown";
  }

  Network network_ = network();
  Tensor inputs_{DType::F32, {2, 4, 3, 1}};
  std::vector<std::int64_t> labels_{0, 4};
  TensorMap masks_;
};

TEST_F(BatchCheck, AcceptsWhatTheNetworkTakes) {
  EXPECT_EQ(message(), "nothing was thrown");
}

TEST_F(BatchCheck, NamesTheLayersAndTheShapesOfInputsThatDoNotFit) {
  inputs_ = Tensor(DType::F32, {2, 3, 4, 1});
  EXPECT_EQ(
      message(),
      "The inputs of layer 'conv' and 'side' have the shape (2, 3, 4, 1), but (2, 4, 3, 1) is "
      "needed.");
  for (const Shape& shape : {Shape{0, 4, 3, 1}, Shape{0}}) {
    inputs_ = Tensor(DType::F32, shape);
    EXPECT_THAT(message(), HasSubstr("their first axis must be a batch of one or more"));
  }
  inputs_ = Tensor(DType::F32, {});
  EXPECT_THAT(message(), HasSubstr("a batch of one or more"));
  inputs_ = Tensor(DType::F64, {2, 4, 3, 1});
  EXPECT_THAT(message(), HasSubstr("dtype F64, but F32 is needed"));
}

TEST_F(BatchCheck, TellsWhereTheInputsAreNotFinite) {
  inputs_.as<float>()[12 + 7] = NAN;
  EXPECT_EQ(
      message(),
      "The inputs of layer 'conv' and 'side', of shape (2, 4, 3, 1), have NaN at (1, 2, 1, 0). "
      "Training needs finite numbers.");
  inputs_.as<float>()[3] = -std::numeric_limits<float>::infinity();
  EXPECT_THAT(message(), HasSubstr("have an infinity at (0, 1, 0, 0)"));
  inputs_.as<float>()[3] = -std::numeric_limits<float>::max();
  EXPECT_THAT(message(), HasSubstr("have NaN at (1, 2, 1, 0)"));
  inputs_.as<float>()[12 + 7] = std::numeric_limits<float>::max();
  EXPECT_EQ(message(), "nothing was thrown");
}

TEST_F(BatchCheck, NamesALabelThatIsNoOutputOfTheLastLayer) {
  for (const std::int64_t label : {std::int64_t{-1}, std::int64_t{5}}) {
    labels_[1] = label;
    EXPECT_EQ(message(),
              "The label " + std::to_string(label) +
                  " of input 1 is not one of the 5 outputs of layer 'out', 0 to 4.");
  }
  labels_ = {0};
  EXPECT_EQ(message(), "A batch of 2 inputs came with 1 labels.");
}

TEST_F(BatchCheck, NamesAMaskThatIsMissingOrMisshapen) {
  masks_.at("drop") = Tensor(DType::U8, {2, 4, 3, 1});
  EXPECT_EQ(message(),
            "The mask of the dropout layer 'drop' has the shape (2, 4, 3, 1), but (2, 4, 3, 2) is "
            "needed.");
  masks_.at("drop") = Tensor(DType::F32, {2, 4, 3, 2});
  EXPECT_THAT(message(), HasSubstr("dtype F32, but U8 is needed"));
  masks_.clear();
  EXPECT_EQ(message(), "The batch has no mask for the dropout layer 'drop'.");
}

TEST_F(BatchCheck, NamesALastLayerWhoseOutputIsNoVector) {
  network_.layers.resize(3);
  masks_.clear();
  EXPECT_EQ(message(),
            "The last layer 'both' gives (4, 3, 2), but the losses need a single axis, the "
            "classes.");
}

}  // namespace
}  // namespace plumbline
