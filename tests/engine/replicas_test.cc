#include "engine/replicas.h"

#include <gtest/gtest.h>
#include <omp.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/fast/fast_trainer.h"

namespace plumbline {
namespace {

TEST(Replicas, AreAllTrainedEachOnOneThread) {
  std::vector<int> threads(7, 0);
  train_replicas(7, 2, [&](std::size_t replica) { threads[replica] = omp_get_max_threads(); });
  EXPECT_EQ(threads, std::vector<int>(7, 1));
}

TEST(Replicas, AreNeverMoreAtOnceThanAsked) {
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  train_replicas(40, 3, [&](std::size_t) {
    const int now = ++running;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    --running;
  });
  EXPECT_LE(most, 3);
  EXPECT_GE(most, 1);
}

TEST(Replicas, AreAllTrainedWhenOneFailsAndTheFirstFailureIsTold) {
  std::atomic<int> calls{0};
  try {
    train_replicas(5, 2, [&](std::size_t replica) {
      ++calls;
      if (replica == 1 || replica == 3) {
        throw std::runtime_error("replica " + std::to_string(replica));
      }
    });
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "replica 1");
  }
  EXPECT_EQ(calls, 5);
}

TEST(Replicas, LeaveTheCallersThreadsAlone) {
  const int before = omp_get_max_threads();
  train_replicas(2, 2, [](std::size_t) {});
  EXPECT_EQ(omp_get_max_threads(), before);
}

TEST(Replicas, AtOnceAreOneACoreAsFarAsMemoryGoes) {
  EXPECT_EQ(replicas_at_once(8, 1000, 100), 8U);
  EXPECT_EQ(replicas_at_once(8, 350, 100), 3U);
  EXPECT_EQ(replicas_at_once(8, 50, 100), 1U);
  EXPECT_EQ(replicas_at_once(4, 50, 0), 4U);
}

Settings small_dense_network() {
  Network network;
  network.input = {6};
  network.layers = {
      {"dense_1", Dense{.units = 5, .bias = true, .activation = Activation{}}, {"input"}, {}},
      {"dense_2", Dense{.units = 3, .bias = true, .activation = {}}, {"dense_1"}, {}}};
  infer_shapes(network);
  Recipe recipe;
  recipe.optimizer.kind = OptimizerKind::Adam;
  recipe.optimizer.learning_rate = 0.01;
  return resolve(recipe, network);
}

TensorMap state_of(const Settings& settings, float first) {
  TensorMap state;
  for (const ParameterSpec& parameter : parameters(settings.network)) {
    Tensor values(DType::F32, parameter.shape);
    float next = first;
    for (float& value : values.as<float>()) {
      value = next = -0.9F * next + 0.01F;
    }
    state.emplace(parameter.name, std::move(values));
  }
  return state;
}

// The weights after some steps, from a state that depends on `replica`.
std::vector<float> trained(std::size_t replica) {
  const Settings settings = small_dense_network();
  const std::unique_ptr<Trainer> trainer = make_fast_trainer(settings, 4);
  trainer->set_state(state_of(settings, 0.1F * static_cast<float>(replica + 1)));
  Tensor inputs(DType::F32, {4, 6});
  for (std::int64_t i = 0; i < inputs.size(); ++i) {
    inputs.as<float>()[static_cast<std::size_t>(i)] = 0.1F * static_cast<float>(i % 7);
  }
  const std::vector<std::int64_t> labels{0, 1, 2, 1};
  for (int step = 0; step < 20; ++step) {
    trainer->step({inputs, labels, {}});
  }
  std::vector<float> all;
  for (const auto& [name, tensor] : trainer->state()) {
    const auto values = tensor.as<float>();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

TEST(Replicas, GiveTheNumbersOfATrainingAlone) {
  std::vector<std::vector<float>> together(4);
  train_replicas(4, 4, [&](std::size_t replica) { together[replica] = trained(replica); });
  for (std::size_t replica = 0; replica < 4; ++replica) {
    EXPECT_EQ(together[replica], trained(replica)) << "replica " << replica;
  }
  EXPECT_NE(together[0], together[1]);
}

}  // namespace
}  // namespace plumbline
