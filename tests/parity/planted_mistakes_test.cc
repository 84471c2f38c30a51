#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <functional>
#include <set>

#include "base/error.h"
#include "parity/scenario.h"

namespace plumbline::parity {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::set<std::string> names_with(const std::vector<Judgement>& judgements, Verdict verdict) {
  std::set<std::string> names;
  for (const Judgement& judgement : judgements) {
    if (judgement.verdict == verdict) {
      names.insert(judgement.name);
    }
  }
  return names;
}

// A dialect that is not of the cloud.
const reference::Float32Dialect kOther{
    .order = reference::SummationOrder::Shuffled, .seed = 77, .fused_multiply_add = true};

TEST(TrainingCheck, HoldsForLegalEvaluationsOfBothNetworksAndSeesSomethingInAllTensorsOfTheCnn) {
  const reference::Float32Dialect blocked{.order = reference::SummationOrder::Blocked, .lanes = 4};
  for (std::uint32_t seed = 1; seed <= 2; ++seed) {
    const auto& dialect = seed == 1 ? kOther : blocked;
    const TrainingCase cnn = training_case(paper_cnn(4), seed);
    const auto of_cnn = judge_training(cnn, trained_in(cnn, dialect));
    EXPECT_THAT(names_with(of_cnn, Verdict::Fail), IsEmpty());
    EXPECT_THAT(names_with(of_cnn, Verdict::Vacuous), IsEmpty());
    const TrainingCase residual = training_case(residual_net(), seed);
    const auto of_residual = judge_training(residual, trained_in(residual, dialect));
    EXPECT_THAT(names_with(of_residual, Verdict::Fail), IsEmpty());
  }
}

TEST(TrainingCheck, JudgesThePapersCnnInSecondsAtItsFullSize) {
  const TrainingCase cnn = training_case(paper_cnn(1), 1);
  const TrainingFound found = trained_in(cnn, kOther);
  const std::clock_t start = std::clock();
  const auto judgements = judge_training(cnn, found);
  const double processor_seconds =
      static_cast<double>(std::clock() - start) / static_cast<double>(CLOCKS_PER_SEC);
  RecordProperty("processor_seconds", std::to_string(processor_seconds));
  EXPECT_THAT(names_with(judgements, Verdict::Fail), IsEmpty());
  EXPECT_EQ(judgements.size(), 9U);  // the loss and eight parameters
  EXPECT_LT(processor_seconds, 60);  // about 4; sanitizers take longer
}

TensorMap with_kernels_flipped(const TensorMap& state) {
  TensorMap flipped = state;
  for (auto& [name, tensor] : flipped) {
    if (tensor.shape().size() != 4) {
      continue;
    }
    const Shape& shape = tensor.shape();
    const std::int64_t taps = shape[0] * shape[1];
    const std::int64_t depth = shape[2] * shape[3];
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      const auto from = state.at(name).as<float>().begin() + (taps - 1 - tap) * depth;
      std::copy_n(from, depth, tensor.as<float>().begin() + tap * depth);
    }
  }
  return flipped;
}

Tensor rotated(const Tensor& images) {
  Tensor turned = images;
  const std::int64_t pixels = images.shape()[1] * images.shape()[2];
  for (std::int64_t n = 0; n < images.shape()[0]; ++n) {
    const auto from = images.as<std::uint8_t>().begin() + n * pixels;
    std::reverse_copy(from, from + pixels, turned.as<std::uint8_t>().begin() + n * pixels);
  }
  return turned;
}

struct Mistake {
  const char* name;
  Network network;
  std::function<void(TrainingCase&)> plant;       // into what the framework does
  std::function<void(TrainingFound&)> give_back;  // into what it answers
  int steps;
  std::string seen_in;  // a tensor that must fail
};

void nothing(TrainingFound&) {}

std::vector<Mistake> mistakes() {
  const auto flip_kernels = [](TrainingCase& c) { c.state = with_kernels_flipped(c.state); };
  const auto flip_back = [](TrainingFound& f) { f.after = with_kernels_flipped(f.after); };
  // Turning images and kernels half round turns every output half round, and with it the side of
  // odd padding.
  const auto turn_all = [](TrainingCase& c) {
    c.state = with_kernels_flipped(c.state);
    for (TrainingBatch& batch : c.batches) {
      batch.images.tensor = rotated(batch.images.tensor);
    }
  };
  const auto epsilon = [](TrainingCase& c) {
    for (Layer& layer : c.settings.network.layers) {
      if (auto* norm = std::get_if<BatchNorm>(&layer.operation)) {
        norm->epsilon = 1e-3;
      }
    }
  };
  const auto unbiased = [](TrainingCase& c) {
    c.settings.dialect.running_variance = RunningVariance::Unbiased;
  };
  const auto no_mean = [](TrainingCase& c) { c.settings.optimizer.learning_rate *= 8; };
  const auto sign = [](TrainingCase& c) { c.settings.optimizer.momentum *= -1; };
  const auto nesterov = [](TrainingCase& c) { c.settings.optimizer.nesterov = true; };
  const auto momentum_of_norm = [](TrainingCase& c) {
    std::get<BatchNorm>(c.settings.network.layers[1].operation).momentum = 0.99;
  };
  const auto rate = [](TrainingCase& c) {
    for (Layer& layer : c.settings.network.layers) {
      if (auto* dropout = std::get_if<Dropout>(&layer.operation)) {
        dropout->rate = 0;  // the masks stay, the scale 1 / (1 - rate) goes
      }
    }
  };
  return {
      {"KernelsFlippedInTheCnn", paper_cnn(4), flip_kernels, flip_back, 1, "conv2d_2/kernel"},
      {"KernelsFlippedInTheResidualNet",
       residual_net(),
       flip_kernels,
       flip_back,
       1,
       "dense_1/kernel"},
      {"OddPaddingInFront", residual_net(), turn_all, flip_back, 1, "dense_1/kernel"},
      {"BatchNormEpsilon1e3", residual_net(), epsilon, nothing, 1, "dense_1/kernel"},
      {"RunningVarianceUnbiased",
       residual_net(),
       unbiased,
       nothing,
       1,
       "stem_norm/moving_variance"},
      {"BatchNormMomentum099",
       residual_net(),
       momentum_of_norm,
       nothing,
       1,
       "stem_norm/moving_mean"},
      {"GradientSummedInTheCnn", paper_cnn(4), no_mean, nothing, 1, "dense_2/bias"},
      {"GradientSummedInTheResidualNet", residual_net(), no_mean, nothing, 1, "stem/kernel"},
      {"MomentumOfTheWrongSign", paper_cnn(4), sign, nothing, 2, "dense_1/kernel"},
      {"Nesterov", paper_cnn(4), nesterov, nothing, 1, "dense_1/kernel"},
      {"DropoutWithoutItsScale", paper_cnn(4), rate, nothing, 1, "loss/1"},
  };
}

class PlantedMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(PlantedMistake, Fails) {
  const Mistake& mistake = GetParam();
  const TrainingCase right = training_case(mistake.network, 1, mistake.steps);
  TrainingCase wrong = right;
  mistake.plant(wrong);
  TrainingFound found = trained_in(wrong, kOther);
  mistake.give_back(found);
  EXPECT_THAT(names_with(judge_training(right, found), Verdict::Fail), Contains(mistake.seen_in));
}

INSTANTIATE_TEST_SUITE_P(TrainingCheck,
                         PlantedMistake,
                         ::testing::ValuesIn(mistakes()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

// The first step starts from a velocity of 0, so that its direction has no say yet: two steps are
// needed.
TEST(TrainingCheck, CannotSeeTheSignOfTheMomentumInOneStep) {
  const TrainingCase right = training_case(paper_cnn(8), 1);
  TrainingCase wrong = right;
  wrong.settings.optimizer.momentum *= -1;
  EXPECT_THAT(names_with(judge_training(right, trained_in(wrong, kOther)), Verdict::Fail),
              IsEmpty());
}

// batch_norm takes a constant shift away, so the gradient of a bias before it is 0 and any answer
// near 0 is right.
TEST(TrainingCheck, IsVacuousForABiasBeforeBatchNorm) {
  Network network{{28, 28, 1},
                  {{"conv", Conv2d{4, {3, 3}, {2, 2}, Padding::Same, true, {}}, {"input"}, {}},
                   {"norm", BatchNorm{0.9, 1e-5}, {"conv"}, {}},
                   {"pool", GlobalAveragePool{}, {"norm"}, {}},
                   {"out", Dense{10, true, {}}, {"pool"}, {}}}};
  infer_shapes(network);
  const TrainingCase training = training_case(network, 1);
  const auto judgements = judge_training(training, trained_in(training, kOther));
  EXPECT_THAT(names_with(judgements, Verdict::Vacuous), Contains("conv/bias"));
  EXPECT_THAT(names_with(judgements, Verdict::Fail), IsEmpty());
}

TEST(TrainingCheck, NamesAMissingTensor) {
  const TrainingCase training = training_case(paper_cnn(8), 1);
  TrainingFound found = trained_in(training, kOther);
  found.after.erase("dense_2/bias");
  try {
    (void)judge_training(training, found);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("'dense_2/bias' is missing"));
  }
}

}  // namespace
}  // namespace plumbline::parity
