#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "adapter/observation.h"
#include "adapter/training_report.h"
#include "study/network.h"
#include "study/recipe.h"
#include "tensor/tensor.h"

namespace plumbline {

// Thrown by an adapter for what its framework cannot do. A normal answer; the reason is a full
// sentence.
struct Unsupported {
  std::string reason;
};

// The data of a trial, checked: as many labels as images, images of one shape in both halves,
// labels below `classes`.
struct TrialData {
  struct Half {
    Tensor images;  // (n, height, width, channels) or (n, features); U8 or F32, not yet scaled
    std::vector<std::int64_t> labels;
  };
  Half train;
  Half test;
  std::int64_t classes = 0;
  InputScaling scaling;
};

struct TrialPlan {
  Network network;  // takes the data's images and gives one output for each class
  Recipe recipe;
  std::uint64_t seed = 0;  // below 2^32
  std::string device;
  bool controlled = false;
  bool observed = false;  // then controlled too
};

// The observed form of what an adapter has built. What the tensors lack of `before`, `after`,
// `labels`, `mask` and `step` is added to them.
class Observer {
 public:
  virtual ~Observer() = default;
  // One controlled step, as Adapter::step.
  [[nodiscard]] virtual Observation step(const std::vector<std::int64_t>& indices,
                                         const TensorMap& masks) = 0;
  // The first `images` test images in inference mode.
  [[nodiscard]] virtual Observation predict(std::int64_t images) = 0;
};

// What a worker written in C++ must be able to do: the requests of docs/protocol.md, with their
// members read and checked. Called in the protocol's order. Whatever it throws becomes an answer.
// Tensors are in the canonical layouts.
class Adapter {
 public:
  virtual ~Adapter() = default;
  // {"framework", "versions", "threads"}
  [[nodiscard]] virtual nlohmann::json describe() = 0;
  virtual void load_data(TrialData data) = 0;
  // The settings, flat.
  [[nodiscard]] virtual nlohmann::json build(const TrialPlan& plan) = 0;
  [[nodiscard]] virtual TensorMap state() = 0;
  virtual void set_state(const TensorMap& state) = 0;
  // Takes `steps` steps of its own loop and reports each.
  virtual void train(std::int64_t steps, TrainingReport& report) = 0;
  // One controlled step on training images `indices`; `masks` by layer. Returns the loss before the
  // update.
  virtual double step(const std::vector<std::int64_t>& indices, const TensorMap& masks) = 0;
  // (test images, outputs), F32.
  [[nodiscard]] virtual Tensor predict() = 0;
  // The observer of what `build` has just made; called when the plan was observed.
  [[nodiscard]] virtual std::unique_ptr<Observer> observer() {
    throw Unsupported{"This adapter has no observed form: it does not override `observer`."};
  }
};

}  // namespace plumbline
