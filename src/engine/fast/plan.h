#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/defaults.h"
#include "engine/fast/grouping.h"
#include "engine/fast/loss.h"
#include "engine/fast/operation.h"
#include "engine/trainer.h"

namespace plumbline::fast {

// A network made ready for one batch size, to train or to predict: all primitives, layouts and
// memories.
class Plan {
 public:
  // To observe is to train, and to find the gradient of every output too.
  enum class Purpose { Train, Predict, Observe };
  // Throws Error that names the layer and its shapes where oneDNN has no primitive for them.
  // `runtime`, `parameters`, and the network that `groups` point into outlive the plan.
  Plan(const Runtime& runtime,
       ParameterStore& parameters,
       const Settings& settings,
       const std::vector<LayerGroup>& groups,
       std::int64_t batch,
       Purpose purpose);
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  // All take a batch of exactly the plan's size, checked before. The first returns the mean loss.
  double forward(const Batch& batch);
  // After `forward`. Gradients go to the parameter store, or their weights are updated at once.
  void backward(const Update& update, Optimizer& optimizer);
  [[nodiscard]] Tensor predict(const Tensor& inputs);

  // By layer, in canonical layouts, F32: what the latest pass forward computed, "input" included,
  // and of a plan to observe the gradients of the latest pass backward, without "input".
  [[nodiscard]] TensorMap outputs() const;
  [[nodiscard]] TensorMap output_gradients() const;

 private:
  struct Step {
    OperationPointer operation;
    const Value* output;
  };
  void add(const LayerGroup& group, const Site& site, const Settings& settings);
  // One step, or two where the layer's activation cannot be fused into it.
  void add_layer(const Site& site, const Settings& settings);
  Value& add_value(const Site& site);
  void prepare_backward(const Settings& settings);
  void run_forward(const Tensor& inputs);

  const Runtime& runtime_;
  CurrentStep step_;
  std::deque<Value> values_;             // addresses stay
  std::map<std::string, Value*> named_;  // by layer, and "input"
  std::vector<Step> steps_;
  Value* output_ = nullptr;  // of the network
  Purpose purpose_;
  std::optional<LossHead> loss_;
};

}  // namespace plumbline::fast
