#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/defaults.h"
#include "engine/fast/loss.h"
#include "engine/fast/operation.h"
#include "engine/trainer.h"

namespace plumbline::fast {

// A network made ready for one batch size, to train or to predict: all primitives, layouts and
// memories.
class Plan {
 public:
  enum class Purpose { Train, Predict };
  // Throws Error that names the layer and its shapes where oneDNN has no primitive for them.
  // `runtime` and `parameters` outlive the plan.
  Plan(const Runtime& runtime,
       ParameterStore& parameters,
       const Settings& settings,
       std::int64_t batch,
       Purpose purpose);
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  // Both take a batch of exactly the plan's size. Gradients go to the parameter store; returns the
  // mean loss.
  double forward_and_backward(const Batch& batch);
  [[nodiscard]] Tensor predict(const Tensor& inputs);

 private:
  struct Step {
    OperationPointer operation;
    const Value* output;
  };
  // One step, or two where the layer's activation cannot be fused into it.
  void add_layer(const Site& site, const Settings& settings);
  void prepare_backward(Loss loss);
  void forward(const Tensor& inputs);

  const Runtime& runtime_;
  Masks masks_;
  std::deque<Value> values_;             // addresses stay
  std::map<std::string, Value*> named_;  // by layer, and "input"
  std::vector<Step> steps_;
  std::optional<LossHead> loss_;
};

}  // namespace plumbline::fast
