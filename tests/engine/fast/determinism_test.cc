#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>

#include "engine/fast/comparison.h"
#include "engine/fast/fast_trainer.h"

namespace plumbline::testing {
namespace {

Layer layer(Operation operation, std::string name = "", std::vector<std::string> inputs = {}) {
  return {.name = std::move(name),
          .operation = std::move(operation),
          .inputs = std::move(inputs),
          .output_shape = {}};
}

const Activation kRelu{ActivationKind::Relu, {}, {}};

Network paper_like() {
  return chain(
      {14, 14, 1},
      {layer(Conv2d{.filters = 8, .kernel = {5, 5}, .padding = Padding::Same, .activation = kRelu}),
       layer(MaxPool{{2, 2}, {2, 2}}),
       layer(
           Conv2d{.filters = 40, .kernel = {5, 5}, .padding = Padding::Same, .activation = kRelu}),
       layer(MaxPool{{2, 2}, {2, 2}}),
       layer(Flatten{}),
       layer(Dense{.units = 150, .activation = kRelu}),
       layer(Dropout{0.5}),
       layer(Dense{.units = 10, .activation = {}})});
}

// Every operation whose gradients are summed over the batch, and every pool.
Network of_all_operations() {
  const Activation tanh{ActivationKind::Tanh, {}, {}};
  return chain(
      {16, 16, 3},
      {layer(Conv2d{.filters = 24, .kernel = {3, 3}, .padding = Padding::Same}, "wide"),
       layer(BatchNorm{.momentum = 0.9, .epsilon = 1e-3}, "norm"),
       layer(ActivationLayer{kRelu}, "relu"),
       layer(Conv2d{.filters = 24,
                    .kernel = {3, 3},
                    .stride = {1, 1},
                    .padding = Padding::Same,
                    .activation = tanh},
             "again"),
       layer(Add{}, "sum", {"relu", "again"}),
       layer(MaxPool{{3, 3}, {2, 2}, Padding::Same}, "overlapping"),
       layer(LayerNorm{1e-3}, "layer_norm"),
       layer(Conv2d{.filters = 32, .kernel = {1, 1}, .stride = {2, 2}}, "strided"),
       layer(Conv2d{.filters = 16, .kernel = {1, 1}, .stride = {2, 2}}, "other", {"layer_norm"}),
       layer(Concatenate{}, "join", {"strided", "other"}),
       layer(AveragePool{{2, 2}, {1, 1}}, "average"),
       layer(Flatten{}, "flat"),
       layer(Dense{.units = 70, .activation = tanh}, "hidden"),
       layer(Dropout{0.25}, "dropout"),
       layer(Dense{.units = 5, .activation = {}}, "classes")});
}

// What training and prediction give, with so many threads.
TensorMap trained(const Example& example, fast::Kernels kernels, int threads) {
  const int before = omp_get_max_threads();
  omp_set_num_threads(threads);
  const auto trainer = make_fast_trainer(example.settings, std::ssize(example.labels), {kernels});
  trainer->set_state(example.state);
  for (int i = 0; i < 3; ++i) {
    trainer->step(example.batch());
  }
  TensorMap found = trainer->state();
  found.emplace("prediction", trainer->predict(example.inputs));
  omp_set_num_threads(before);
  return found;
}

void expect_same_bits(const TensorMap& found, const TensorMap& expected) {
  for (const auto& [name, tensor] : expected) {
    EXPECT_TRUE(std::ranges::equal(found.at(name).bytes(), tensor.bytes())) << name;
  }
}

class FastDeterminism : public ::testing::TestWithParam<std::tuple<bool, fast::Kernels, int>> {};

TEST_P(FastDeterminism, AnyNumberOfThreadsGivesTheSameBits) {
  const auto [is_paper_like, kernels, batch] = GetParam();
  std::mt19937 random(31);
  Recipe recipe;
  recipe.optimizer.kind = OptimizerKind::Adam;
  const Example example =
      make_example(is_paper_like ? paper_like() : of_all_operations(), recipe, batch, random);
  const TensorMap one = trained(example, kernels, 1);
  for (const int threads : {1, 2, 3, 4}) {
    SCOPED_TRACE(std::to_string(threads) + " threads");
    expect_same_bits(trained(example, kernels, threads), one);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All,
    FastDeterminism,
    ::testing::Combine(::testing::Bool(),
                       ::testing::Values(fast::Kernels::Own, fast::Kernels::OneDnn),
                       ::testing::Values(1, 3, 37)),
    [](const auto& each) {
      return std::string(std::get<0>(each.param) ? "paper_like" : "all_operations") +
             (std::get<1>(each.param) == fast::Kernels::Own ? "_own_" : "_onednn_") +
             std::to_string(std::get<2>(each.param));
    });

}  // namespace
}  // namespace plumbline::testing
