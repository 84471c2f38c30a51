#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "draw/draw.h"
#include "draw/small_network.h"
#include "tensor/safetensors.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

template <typename Kind>
std::string problem_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Kind& error) {
    return error.what();
  }
  return {};
}

class LoadCheckpoint : public ::testing::Test {
 protected:
  void store(const TensorMap& tensors) const { write_safetensors(path(), tensors); }
  [[nodiscard]] fs::path path() const { return folder_.path() / "x.safetensors"; }
  [[nodiscard]] Checkpoint checkpoint(std::map<std::string, std::string> names = {}) const {
    return {path().string(), std::move(names)};
  }

  Network network = small_network();
  TensorMap weights = initial_weights(network, Recipe{}, {1, 2});

 private:
  TemporaryFolder folder_{fs::temp_directory_path(), "plumbline-draw-"};
};

void expect_same(const TensorMap& a, const TensorMap& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, tensor] : a) {
    EXPECT_TRUE(std::ranges::equal(tensor.bytes(), b.at(name).bytes())) << name;
  }
}

TEST_F(LoadCheckpoint, StoredWeightsComeBack) {
  TensorMap stored = weights;
  stored["something/else"] = Tensor(DType::I64, {3});
  store(stored);
  expect_same(load_checkpoint(network, checkpoint()), weights);
  Recipe recipe;
  recipe.weights = checkpoint();
  expect_same(initial_weights(network, recipe, {9, 9}), weights);
}

TEST_F(LoadCheckpoint, NamesAreMapped) {
  TensorMap stored = weights;
  auto moved = stored.extract("dense/kernel");
  moved.key() = "fc.weight";
  stored.insert(std::move(moved));
  store(stored);
  expect_same(load_checkpoint(network, checkpoint({{"dense/kernel", "fc.weight"}})), weights);
}

TEST_F(LoadCheckpoint, MissingTensorIsNamedWithTheNearestOne) {
  TensorMap stored = weights;
  auto moved = stored.extract("dense/kernel");
  moved.key() = "dense/kernels";
  stored.insert(std::move(moved));
  store(stored);
  EXPECT_THAT(problem_of<EnvironmentError>([&] { (void)load_checkpoint(network, checkpoint()); }),
              AllOf(HasSubstr(path().string()),
                    HasSubstr("no tensor 'dense/kernel'"),
                    HasSubstr("Did you mean 'dense/kernels'?")));
}

TEST_F(LoadCheckpoint, WrongShapeIsSaidWithBothShapes) {
  weights["dense/kernel"] = Tensor(DType::F32, {10, 144});
  store(weights);
  EXPECT_THAT(problem_of<EnvironmentError>([&] { (void)load_checkpoint(network, checkpoint()); }),
              AllOf(HasSubstr("'dense/kernel'"), HasSubstr("(10, 144)"), HasSubstr("(144, 10)")));
}

TEST_F(LoadCheckpoint, OtherDtypesAreRefused) {
  weights["dense/bias"] = Tensor(DType::F64, {10});
  store(weights);
  EXPECT_THAT(problem_of<EnvironmentError>([&] { (void)load_checkpoint(network, checkpoint()); }),
              AllOf(HasSubstr("'dense/bias' as F64"), HasSubstr("Store it as F32")));
}

TEST_F(LoadCheckpoint, MappedNameThatIsNoParameterIsAUsageError) {
  store(weights);
  EXPECT_THAT(problem_of<UsageError>([&] {
                (void)load_checkpoint(network, checkpoint({{"dense/kernl", "dense/kernel"}}));
              }),
              AllOf(HasSubstr("'dense/kernl'"), HasSubstr("Did you mean 'dense/kernel'?")));
}

TEST_F(LoadCheckpoint, MissingFileIsNamed) {
  EXPECT_THAT(problem_of<EnvironmentError>([&] { (void)load_checkpoint(network, checkpoint()); }),
              HasSubstr(path().string()));
}

}  // namespace
}  // namespace plumbline
