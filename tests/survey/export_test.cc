#include "survey/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/error.h"

namespace plumbline {
namespace {

using testing::HasSubstr;

Study study() {
  return parse_study(R"(
question = "Does it learn?"
data = ["mnist"]
seeds = 1
stacks = ["pytorch", "jax"]
[network]
input = [4]
layers = [{ dense = 3 }]
[recipe]
loss = "softmax_cross_entropy"
optimizer = { adam = { learning_rate = 0.25 } }
batch = 5
epochs = 2
training_images = 10
[stack.jax]
device = "cuda"
[stack.jax.recipe]
batch = 7
)",
                     "small.toml");
}

TEST(ExportRequest, HasTheRecipeOfTheStudyForAStackThatItDoesNotName) {
  const auto request = export_request(study(), "tensorflow", Device::Cpu);
  EXPECT_EQ(request["stack"], "tensorflow");
  EXPECT_EQ(request["study"], "small");
  EXPECT_EQ(request["device"], "cpu");
  EXPECT_EQ(request["recipe"]["batch"], 5);
  EXPECT_EQ(request["recipe"]["epochs"], 2);
  EXPECT_EQ(request["training_images"], 10);
  EXPECT_EQ(request["network"]["layers"][0]["units"], 3);
}

TEST(ExportRequest, HasTheChangesThatTheStudyMakesForAStack) {
  EXPECT_EQ(export_request(study(), "jax", Device::Cpu)["recipe"]["batch"], 7);
  EXPECT_EQ(export_request(study(), "pytorch", Device::Cpu)["recipe"]["batch"], 5);
  EXPECT_EQ(device_of(study(), "jax"), Device::Cuda);
  EXPECT_EQ(device_of(study(), "pytorch"), Device::Cpu);
  EXPECT_EQ(device_of(study(), "tensorflow"), Device::Cpu);
}

class ExportedProgram : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("PLUMBLINE_GUARD", PLUMBLINE_BINARY_DIR "/bin/plumbline-guard", 1);
    ::setenv("PLUMBLINE_HOME", PLUMBLINE_SOURCE_DIR, 1);
  }
};

TEST_F(ExportedProgram, IsTextInTheFrameworksOwnWords) {
  const std::string program = exported_program(export_request(study(), "pytorch", Device::Cpu));
  EXPECT_THAT(program, HasSubstr("nn.Linear(4, 3)"));
  EXPECT_THAT(program, HasSubstr("torch.optim.Adam(model.parameters(), lr=0.25, fused=True)"));
}

TEST_F(ExportedProgram, ThatCannotBeIsRefusedWithTheWritersReason) {
  try {
    static_cast<void>(exported_program(export_request(study(), "mine", Device::Cpu)));
    FAIL() << "it was written";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot write programs for the stack 'mine'"));
  }
}

}  // namespace
}  // namespace plumbline
