#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "engine/reference/trainer.h"
#include "parity/scenario.h"
#include "study/wire.h"
#include "tensor/safetensors.h"

namespace plumbline::parity {
namespace {

using ::testing::HasSubstr;

// A folder with the case of one float32 framework, as a conformance test writes it.
class ParityCheckProgram : public ::testing::Test {
 protected:
  ParityCheckProgram() {
    write_safetensors(folder_.path() / "before.safetensors", training_.state);
    const TrainingBatch& batch = training_.batches.front();
    TensorMap tensors = {{"images", batch.images.tensor}, {"labels", Tensor(DType::I64, {8})}};
    std::copy(
        batch.labels.begin(), batch.labels.end(), tensors.at("labels").as<std::int64_t>().begin());
    tensors.emplace("mask/dropout_1", batch.masks.at("dropout_1"));
    write_safetensors(folder_.path() / "batch.safetensors", tensors);
    write_safetensors(folder_.path() / "test.safetensors", {{"inputs", inputs_}});
    const auto oracle = reference::make_trainer(training_.settings);
    oracle->set_state(training_.state);
    outputs_ = oracle->predict(inputs_);
    Recipe recipe;
    recipe.batch = 8;
    recipe.steps = 1;
    recipe.optimizer.learning_rate = 0.1;
    recipe.optimizer.momentum = 0.9;
    case_ = {{"network", to_wire(training_.settings.network)},
             {"recipe", to_wire(recipe)},
             {"state", "before.safetensors"},
             {"training",
              {{"batches", {"batch.safetensors"}},
               {"losses", {*found_.losses[0]}},
               {"after", "after.safetensors"}}},
             {"evaluation", {{"images", "test.safetensors"}, {"outputs", "outputs.safetensors"}}}};
  }

  static Tensor some_inputs() {
    Tensor inputs(DType::F32, {4, 28, 28, 1});
    for (std::int64_t i = 0; i < inputs.size(); ++i) {
      inputs.as<float>()[static_cast<std::size_t>(i)] = static_cast<float>(i * 37 % 256) / 256;
    }
    return inputs;
  }

  // The exit status; what it printed is in output_.
  int run() {
    write_safetensors(folder_.path() / "after.safetensors", found_.after);
    write_safetensors(folder_.path() / "outputs.safetensors", {{"outputs", outputs_}});
    write_file(folder_.path() / "case.json", case_.dump());
    const std::string command =
        std::string(PARITY_CHECK) + " " + (folder_.path() / "case.json").string() + " 2>&1";
    FILE* pipe = popen(command.c_str(), "r");
    char buffer[4096];
    output_.clear();
    while (const std::size_t count = fread(buffer, 1, sizeof buffer, pipe)) {
      output_.append(buffer, count);
    }
    const int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  TemporaryFolder folder_{std::filesystem::temp_directory_path(), "parity"};
  TrainingCase training_ = training_case(paper_cnn(8), 4);
  TrainingFound found_ = trained_in(training_, {.order = reference::SummationOrder::Reversed});
  Tensor inputs_ = some_inputs();
  Tensor outputs_;
  nlohmann::json case_;
  std::string output_;
};

TEST_F(ParityCheckProgram, PrintsALineATensorAndExitsWith0WhenAllHold) {
  EXPECT_EQ(run(), 0) << output_;
  EXPECT_EQ(std::count(output_.begin(), output_.end(), '\n'), 10);
  for (const char* name : {"loss/1", "conv2d_1/kernel", "dense_2/bias", "outputs"}) {
    EXPECT_THAT(output_, HasSubstr(name));
  }
}

TEST_F(ParityCheckProgram, ExitsWith1AndSaysWhichTensorFailed) {
  found_.after.at("dense_1/bias").as<float>()[3] += 0.01F;
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(output_, HasSubstr("fail       dense_1/bias"));
  EXPECT_THAT(output_, HasSubstr("rounding   dense_1/kernel"));
}

TEST_F(ParityCheckProgram, JudgesAnEvaluationAlone) {
  case_.erase("training");
  EXPECT_EQ(run(), 0) << output_;
  outputs_.as<float>()[7] += 1e-3F;
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(output_, HasSubstr("fail       outputs"));
}

TEST_F(ParityCheckProgram, ExitsWith1WhenNothingCouldBeSeen) {
  case_.erase("training");
  case_.erase("evaluation");
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(output_, HasSubstr("Nothing could be judged"));
}

TEST_F(ParityCheckProgram, TakesALossThatIsNotANumberAsItTravels) {
  case_["training"]["losses"] = {"nan"};
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(output_, HasSubstr("fail       loss/1"));
}

TEST_F(ParityCheckProgram, NamesTheMemberThatIsMissingOrWrong) {
  case_.erase("state");
  EXPECT_EQ(run(), 4);
  EXPECT_THAT(output_, HasSubstr("'state' is missing"));
  case_["state"] = "before.safetensors";
  case_["dialect"]["batch_norm.running_variance"] = "Unbiased";
  EXPECT_EQ(run(), 4);
  EXPECT_THAT(output_, HasSubstr("cannot be 'Unbiased'. It may be biased, unbiased, "));
  case_["dialect"] = {{"running_variance", "unbiased"}};
  EXPECT_EQ(run(), 4);
  EXPECT_THAT(output_, HasSubstr("There is no dialect switch 'running_variance'"));
  case_.erase("dialect");
  case_["state"] = "elsewhere.safetensors";
  EXPECT_EQ(run(), 3);
  EXPECT_THAT(output_, HasSubstr("elsewhere.safetensors"));
}

}  // namespace
}  // namespace plumbline::parity
