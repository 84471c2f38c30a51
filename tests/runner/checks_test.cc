#include "runner/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>
#include <functional>

#include "base/files.h"
#include "tensor/safetensors.h"

namespace plumbline {
namespace {

using testing::HasSubstr;

Network dense_network() {
  Network network;
  network.input = {3};
  Dense dense;
  dense.units = 2;
  network.layers.push_back({"dense_1", dense, {"input"}, {}});
  infer_shapes(network);
  return network;
}

TensorMap zeros() {
  return {{"dense_1/kernel", Tensor(DType::F32, {3, 2})},
          {"dense_1/bias", Tensor(DType::F32, {2})}};
}

TrialEnded end_of(const std::function<void()>& check) {
  try {
    check();
  } catch (const TrialEnded& end) {
    return end;
  }
  return {Outcome::Trained, "", ""};
}

TEST(Checks, StateMustBeExactlyTheNetworksParameters) {
  const Network network = dense_network();
  EXPECT_EQ(end_of([&] { check_state(zeros(), network); }).outcome, Outcome::Trained);
  TensorMap missing = zeros();
  missing.erase("dense_1/bias");
  TensorMap misshapen = zeros();
  misshapen["dense_1/kernel"] = Tensor(DType::F32, {2, 3});
  TensorMap of_other_type = zeros();
  of_other_type["dense_1/bias"] = Tensor(DType::F64, {2});
  TensorMap more = zeros();
  more["dense_2/bias"] = Tensor(DType::F32, {2});
  const struct {
    TensorMap state;
    std::string words;
  } cases[] = {{missing, "lacks the parameter 'dense_1/bias'"},
               {misshapen, "'dense_1/kernel' is F32 (2, 3); it must be F32 (3, 2)"},
               {of_other_type, "it must be F32"},
               {more, "has 3 tensors; the network has 2 parameters"}};
  for (const auto& [state, words] : cases) {
    const TrialEnded end = end_of([&, &bad = state] { check_state(bad, network); });
    EXPECT_EQ(end.outcome, Outcome::ProtocolError);
    EXPECT_THAT(end.reason, HasSubstr(words));
  }
}

TEST(Checks, TrainingMustChangeAWeightAndKeepAllFinite) {
  const Network network = dense_network();
  EXPECT_EQ(end_of([&] { check_trained(zeros(), zeros(), network); }).outcome, Outcome::Untrusted);
  TensorMap after = zeros();
  after["dense_1/bias"].as<float>()[1] = 1e-30F;
  EXPECT_EQ(end_of([&] { check_trained(zeros(), after, network); }).outcome, Outcome::Trained);
  after["dense_1/kernel"].as<float>()[5] = std::nanf("");
  EXPECT_EQ(end_of([&] { check_trained(zeros(), after, network); }).outcome, Outcome::Diverged);
}

TEST(Checks, OutputsMustHaveARowForEveryImage) {
  EXPECT_EQ(end_of([] { check_outputs(Tensor(DType::F32, {5, 2}), 5, 2); }).outcome,
            Outcome::Trained);
  EXPECT_EQ(end_of([] { check_outputs(Tensor(DType::F32, {4, 2}), 5, 2); }).outcome,
            Outcome::ProtocolError);
  EXPECT_EQ(end_of([] { check_outputs(Tensor(DType::F64, {5, 2}), 5, 2); }).outcome,
            Outcome::ProtocolError);
  Tensor infinite(DType::F32, {5, 2});
  infinite.as<float>()[0] = INFINITY;
  EXPECT_EQ(end_of([&] { check_outputs(infinite, 5, 2); }).outcome, Outcome::Diverged);
}

TEST(Checks, TensorFileThatIsNotSoundIsAProtocolError) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path(), "checks-");
  const auto file = folder.path() / "x.safetensors";
  const auto read = [&] { (void)read_worker_tensors(file, "predict", 8); };
  EXPECT_EQ(end_of(read).outcome, Outcome::ProtocolError);
  write_file(file, "garbage");
  EXPECT_THAT(end_of(read).reason, HasSubstr("'predict'"));
}

TEST(Checks, PipeInPlaceOfATensorFileIsNotWaitedFor) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path(), "checks-");
  const auto file = folder.path() / "x.safetensors";
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_THAT(end_of([&] { (void)read_worker_tensors(file, "predict", 8); }).reason,
              HasSubstr("without writing its tensors"));
}

TEST(Checks, TensorFileThatIsMuchTooLargeIsNotReadIntoMemory) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path(), "checks-");
  const auto file = folder.path() / "x.safetensors";
  write_safetensors(file, {{"outputs", Tensor(DType::F32, {2})}});
  std::filesystem::resize_file(file, std::uintmax_t{1} << 40);  // takes no room on the disk
  EXPECT_THAT(end_of([&] { (void)read_worker_tensors(file, "predict", 8); }).reason,
              HasSubstr("is larger than"));
}

TEST(Checks, StateTakesFourBytesANumber) {
  EXPECT_EQ(state_bytes(dense_network()), 4U * (3 * 2 + 2));
}

}  // namespace
}  // namespace plumbline
