#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "native_worker/trial.h"
#include "tensor/safetensors.h"

namespace plumbline::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::vector<std::string> kFast{"--engine=fast"};
const std::vector<std::string> kReference{"--engine=reference"};

json train(int steps) {
  return {{"request", "train"}, {"steps", steps}, {"report_seconds", 0.0}};
}

class NativeWorkerEngines : public ::testing::TestWithParam<std::string> {};

TEST_P(NativeWorkerEngines, TrainsAsShippedAndTellsHow) {
  const Trial trial;
  WorkerProcess worker({"--engine=" + GetParam()});
  const json description = worker.result_of({{"request", "describe"}});
  EXPECT_EQ(description["framework"], "Plumbline native");
  EXPECT_EQ(description["threads"], GetParam() == "fast" ? 2 : 1);
  EXPECT_EQ(worker.result_of(trial.load_data()), (json{{"train_images", 50}, {"test_images", 30}}));
  worker.result_of(Trial::build());
  const TensorMap before = trial.state_of(worker);

  const json result = worker.result_of(train(60));
  EXPECT_EQ(result["steps"], 60);
  EXPECT_GT(result["first_step_seconds"], 0);
  EXPECT_EQ(result["curve"].size(), 60);  // every step is due
  EXPECT_EQ(result["curve"].back(), (json{60, result["loss"]}));
  EXPECT_LT(result["loss"], 0.5 * result["curve"][0][1].get<double>());
  ASSERT_EQ(worker.progress().size(), 60);
  EXPECT_EQ(worker.progress()[2]["step"], 3);
  EXPECT_EQ(worker.progress()[2]["steps"], 60);

  for (const auto& [name, tensor] : trial.state_of(worker)) {
    EXPECT_FALSE(std::ranges::equal(tensor.bytes(), before.at(name).bytes())) << name;
  }
  EXPECT_GT(trial.accuracy_of(worker), 0.95);
  EXPECT_EQ(worker.result_of({{"request", "close"}}), json::object());
  EXPECT_EQ(worker.wait(), 0);
}

INSTANTIATE_TEST_SUITE_P(Both,
                         NativeWorkerEngines,
                         ::testing::Values("fast", "reference"),
                         [](const auto& each) { return each.param; });

TEST(NativeWorker, TheSameSeedGivesTheSameBitsAndAnotherDoesNot) {
  const Trial trial;
  const auto trained = [&](int seed) {
    WorkerProcess worker(kFast);
    trial.prepare(worker, Trial::build("as-shipped", seed));
    worker.result_of(train(9));
    return trial.state_of(worker);
  };
  const TensorMap first = trained(1);
  const TensorMap again = trained(1);
  const TensorMap other = trained(2);
  for (const auto& [name, tensor] : first) {
    EXPECT_TRUE(std::ranges::equal(tensor.bytes(), again.at(name).bytes())) << name;
    EXPECT_FALSE(std::ranges::equal(tensor.bytes(), other.at(name).bytes())) << name;
  }
}

TEST(NativeWorker, ControlledStepsOfBothEnginesAgree) {
  const Trial trial;
  WorkerProcess fast(kFast);
  WorkerProcess reference(kReference);
  trial.prepare(fast, Trial::build("controlled"));
  trial.prepare(reference, Trial::build("controlled"));
  const TensorMap before = trial.state_of(fast);  // leaves it at path("state")
  reference.result_of({{"request", "set_state"}, {"path", trial.path("state")}});
  for (const std::vector<std::int64_t>& indices :
       {std::vector<std::int64_t>{0, 7, 49, 7}, std::vector<std::int64_t>{12, 3, 30}}) {
    const json request = trial.step(indices);
    const double expected = reference.result_of(request)["loss"];
    EXPECT_NEAR(fast.result_of(request)["loss"], expected, 1e-5 * expected);
  }
  const TensorMap found = trial.state_of(fast);
  const TensorMap expected = trial.state_of(reference);
  for (const auto& [name, tensor] : expected) {
    double change = 0;
    double error = 0;
    for (std::size_t i = 0; i < tensor.as<float>().size(); ++i) {
      const double to = tensor.as<float>()[i];
      change += std::pow(to - before.at(name).as<float>()[i], 2);
      error += std::pow(to - found.at(name).as<float>()[i], 2);
    }
    EXPECT_LT(std::sqrt(error), 1e-3 * std::sqrt(change)) << name;
  }
}

TEST(NativeWorker, AnObservedStepIsThePlainOneAndTellsWhatItComputed) {
  const Trial trial;
  WorkerProcess plain(kReference);
  WorkerProcess observed(kReference);
  trial.prepare(plain, Trial::build("controlled"));
  json build = Trial::build("controlled");
  build["form"] = "observed";
  trial.prepare(observed, build);
  for (int step = 1; step <= 2; ++step) {
    json request = trial.step({0, 7, 49, 7});
    const double loss = plain.result_of(request)["loss"];
    request["record"] = trial.path("record");
    const json result = observed.result_of(request);
    EXPECT_EQ(result["loss"], loss);
    EXPECT_EQ(result["observation"]["fused"], json::array());
    EXPECT_EQ(result["observation"]["slots"], (json{{"m", "m"}, {"v", "v"}}));
    const TensorMap record = read_safetensors(trial.path("record")).tensors;
    EXPECT_EQ(record.at("step").as<std::int64_t>()[0], step);
    EXPECT_EQ(record.contains("slot_before/out/bias/m"), step == 2);
    EXPECT_EQ(record.at("labels").shape(), (Shape{4}));
    EXPECT_EQ(record.at("mask/drop").shape(), (Shape{4, 45}));
    EXPECT_EQ(record.at("out/conv/linear").shape(), (Shape{4, 6, 6, 5}));
    EXPECT_EQ(record.at("grad_out/conv").shape(), (Shape{4, 6, 6, 5}));
    EXPECT_FALSE(record.contains("grad_out/input"));
    EXPECT_FALSE(record.contains("grad/norm/moving_mean"));
  }
  const TensorMap expected = trial.state_of(plain);
  for (const auto& [name, tensor] : trial.state_of(observed)) {
    EXPECT_TRUE(std::ranges::equal(tensor.bytes(), expected.at(name).bytes())) << name;
  }
}

TEST(NativeWorker, ReportsEverySettingThatTheRecipeLeftOut) {
  const Trial trial;
  WorkerProcess worker(kFast);
  worker.result_of(trial.load_data());
  const json settings = worker.result_of(Trial::build())["settings"];
  EXPECT_EQ(settings["optimizer.beta_1"], 0.9);
  EXPECT_EQ(settings["optimizer.beta_2"], 0.999);
  EXPECT_EQ(settings["optimizer.epsilon"], 1e-8);
  EXPECT_EQ(settings["optimizer.weight_decay"], 0.0);
  EXPECT_EQ(settings["conv.kernel.initialiser"], "glorot_uniform");
  EXPECT_EQ(settings["out.bias.initialiser"], "zeros");
  EXPECT_EQ(settings["norm.momentum"], 0.9);
  EXPECT_EQ(settings["norm.epsilon"], 1e-5);
  EXPECT_EQ(settings["loss.from_logits"], true);
  EXPECT_EQ(settings["loss.reduction"], "mean");
  EXPECT_EQ(settings["optimizer.adam_epsilon"], "algorithm_1");
  EXPECT_EQ(settings["optimizer.bias_correction"], "on");
  EXPECT_EQ(settings["optimizer.constants"], "double_then_cast");
  EXPECT_EQ(settings["conv.kernel_order"], "correlation");
  EXPECT_EQ(settings["norm.momentum_share"], "of_old");
  EXPECT_EQ(settings["norm.running_variance"], "biased");
  EXPECT_FALSE(settings.contains("optimizer.weight_decay_form"));  // there is no decay
  EXPECT_EQ(settings["loop"], "native");
  EXPECT_TRUE(settings.contains("predict.batch"));
  EXPECT_TRUE(settings.contains("device.name"));
}

TEST(NativeWorker, KeepsOrDropsTheLastBatch) {
  const Trial trial;
  for (const bool drop : {false, true}) {
    WorkerProcess worker(kFast);
    json build = Trial::build();
    build["recipe"]["drop_last_batch"] = drop;
    trial.prepare(worker, build);
    EXPECT_EQ(worker.result_of(train(9))["steps"], 9);
  }
}

TEST(NativeWorker, ALossThatIsNotFiniteIsTold) {
  const Trial trial;
  WorkerProcess worker(kFast);
  json build = Trial::build();
  build["recipe"]["optimizer"] = {{"name", "sgd"}, {"learning_rate", 1e30}};
  trial.prepare(worker, build);
  EXPECT_EQ(worker.result_of(train(20))["loss"], "nan");
}

TEST(NativeWorker, TheCurveHasAtMostAThousandPoints) {
  const Trial trial;
  WorkerProcess worker(kFast);
  json build = Trial::build();
  build["recipe"]["batch"] = 1;
  trial.prepare(worker, build);
  const json curve = worker.result_of(train(1200))["curve"];
  EXPECT_EQ(curve.size(), 1000);
  EXPECT_EQ(curve.back()[0], 1200);
}

TEST(NativeWorker, ACheckpointIsAwaited) {
  const Trial trial;
  WorkerProcess worker(kFast);
  json build = Trial::build();
  build["recipe"]["weights"] = {{"name", "checkpoint"}};
  trial.prepare(worker, build);
  EXPECT_THAT(worker.ask(train(1))["reason"], HasSubstr("no state"));
}

TEST(NativeWorker, HasNoOtherDevice) {
  const Trial trial;
  WorkerProcess worker(kFast);
  worker.result_of(trial.load_data());
  json build = Trial::build();
  build["device"] = "cuda";
  const json answer = worker.ask(build);
  EXPECT_EQ(answer["status"], "unsupported");
  EXPECT_THAT(answer["reason"], HasSubstr("CPU only"));
}

TEST(NativeWorker, EndsWhenTheOtherSideIsGone) {
  WorkerProcess worker(kFast);
  worker.result_of({{"request", "describe"}});
  worker.close_requests();
  EXPECT_EQ(worker.wait(), 0);
}

TEST(NativeWorker, EndsWithAFailureOnBytesThatAreNoMessage) {
  WorkerProcess garbage(kFast);
  garbage.send_bytes(std::string("\x05\x00\x00\x00{{{{{", 9));
  EXPECT_EQ(garbage.wait(), 4);
  WorkerProcess endless(kFast);
  endless.send_bytes(std::string("\xff\xff\xff\xff", 4));
  EXPECT_EQ(endless.wait(), 4);
}

TEST(NativeWorker, SaysWhatItIsWhenStartedByHand) {
  EXPECT_EQ(status_without_channel({}), 2);
  EXPECT_EQ(status_without_channel({"--engine=slow"}), 2);
}

}  // namespace
}  // namespace plumbline::testing
