#include "engine/reference/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "engine/reference/networks.h"

namespace plumbline::reference {
namespace {

using ::testing::HasSubstr;

template <typename Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

class ReferenceTrainerTest : public ::testing::Test {
 protected:
  ReferenceTrainerTest() { trainer_->set_state(state_); }
  [[nodiscard]] Batch batch() const { return {batch_.inputs, batch_.labels, batch_.masks}; }

  std::mt19937 random_{3};
  Network network_ = chain({4, 4, 1},
                           {Conv2d{2, {3, 3}, {1, 1}, Padding::Same, true, relu()},
                            BatchNorm{},
                            Dropout{0.5},
                            Flatten{},
                            Dense{3, true, {}}});
  TensorMap state_ = random_state(network_, random_);
  RandomBatch batch_ = random_batch(network_, 4, random_);
  std::unique_ptr<ReferenceTrainer> trainer_ = make_trainer(settings_for(network_));
};

TEST_F(ReferenceTrainerTest, GivesBackTheStateItWasGiven) {
  for (const auto& [name, tensor] : trainer_->state()) {
    EXPECT_TRUE(std::ranges::equal(tensor.as<float>(), state_.at(name).as<float>())) << name;
  }
}

TEST_F(ReferenceTrainerTest, LowersTheLossOfABatchItStepsOnAgainAndAgain) {
  const double first = trainer_->step(batch());
  double last = first;
  for (int i = 0; i < 30; ++i) {
    last = trainer_->step(batch());
  }
  EXPECT_LT(last, 0.5 * first);
}

TEST_F(ReferenceTrainerTest, KeepsItsStateInFloat64AndRoundsWhatItGivesOut) {
  trainer_->step(batch());
  const TensorMap f64 = trainer_->state_f64();
  bool finer = false;
  for (const auto& [name, tensor] : trainer_->state()) {
    const auto wide = f64.at(name).as<double>();
    for (std::size_t i = 0; i < wide.size(); ++i) {
      EXPECT_EQ(static_cast<float>(wide[i]), tensor.as<float>()[i]);
      finer = finer || static_cast<double>(tensor.as<float>()[i]) != wide[i];
    }
  }
  EXPECT_TRUE(finer);
}

TEST_F(ReferenceTrainerTest, PredictsWithoutMasksAndWithTheRunningMoments) {
  const Tensor before = trainer_->predict(batch_.inputs);
  EXPECT_EQ(before.shape(), (Shape{4, 3}));
  state_.at("layer_1/moving_mean").as<float>()[0] += 1;
  trainer_->set_state(state_);
  EXPECT_FALSE(
      std::ranges::equal(before.as<float>(), trainer_->predict(batch_.inputs).as<float>()));
}

TEST_F(ReferenceTrainerTest, ForgetsItsMomentumWithANewState) {
  Settings settings = settings_for(network_);
  settings.optimizer.momentum = 0.9;
  ReferenceTrainer trainer(settings);
  trainer.set_state(state_);
  trainer.step(batch());
  const TensorMap once = trainer.state_f64();
  trainer.step(batch());
  trainer.set_state(state_);
  trainer.step(batch());
  EXPECT_TRUE(std::ranges::equal(once.at("layer_0/kernel").as<double>(),
                                 trainer.state_f64().at("layer_0/kernel").as<double>()));
}

TEST_F(ReferenceTrainerTest, NamesWhatIsWrongWithAState) {
  TensorMap state = state_;
  state.erase("layer_4/bias");
  EXPECT_THAT(message_of([&] { trainer_->set_state(state); }),
              HasSubstr("'layer_4/bias' is missing"));
  state = state_;
  state.at("layer_0/kernel") = Tensor(DType::F32, {3, 3, 2, 1});
  EXPECT_THAT(message_of([&] { trainer_->set_state(state); }),
              HasSubstr("'layer_0/kernel' has the shape (3, 3, 2, 1), but (3, 3, 1, 2) is needed"));
  state.at("layer_0/kernel") = Tensor(DType::F64, {3, 3, 1, 2});
  EXPECT_THAT(message_of([&] { trainer_->set_state(state); }), HasSubstr("dtype F64"));
}

// What is checked, and in which words, is batch_check_test.cc's; here, that it is, before a step.
TEST_F(ReferenceTrainerTest, ChecksABatchAndLeavesItsStateWhenItIsWrong) {
  EXPECT_THAT(message_of([&] { trainer_->predict(Tensor(DType::F32, {2, 4, 5, 1})); }),
              HasSubstr("'layer_0' have the shape (2, 4, 5, 1), but (2, 4, 4, 1) is needed"));
  batch_.inputs.as<float>()[17] = NAN;
  EXPECT_THAT(message_of([&] { trainer_->predict(batch_.inputs); }), HasSubstr("have NaN at"));
  EXPECT_THAT(message_of([&] { trainer_->step(batch()); }), HasSubstr("have NaN at"));
  batch_.inputs.as<float>()[17] = 0;
  batch_.labels[1] = 3;
  EXPECT_THAT(message_of([&] { trainer_->step(batch()); }),
              HasSubstr("The label 3 of input 1 is not one of the 3 outputs of layer 'layer_4'"));
  batch_.labels[1] = 2;
  batch_.masks.clear();
  EXPECT_THAT(message_of([&] { trainer_->step(batch()); }),
              HasSubstr("no mask for the dropout layer 'layer_2'"));
  for (const auto& [name, tensor] : trainer_->state()) {
    EXPECT_TRUE(std::ranges::equal(tensor.as<float>(), state_.at(name).as<float>())) << name;
  }
}

TEST_F(ReferenceTrainerTest, SaysSoWhenItHasNoState) {
  const auto fresh = make_trainer(settings_for(network_));
  EXPECT_THAT(message_of([&] { fresh->step(batch()); }), HasSubstr("was given no state yet"));
  EXPECT_THAT(message_of([&] { fresh->predict(batch_.inputs); }),
              HasSubstr("was given no state yet"));
}

}  // namespace
}  // namespace plumbline::reference
