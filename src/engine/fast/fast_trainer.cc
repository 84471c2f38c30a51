#include "engine/fast/fast_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "engine/fast/optimizer.h"
#include "engine/fast/parameter_store.h"
#include "engine/fast/plan.h"

namespace plumbline {
namespace {

using fast::Plan;

class FastTrainer : public Trainer {
 public:
  FastTrainer(const Settings& settings, std::int64_t batch)
      : settings_(settings),
        parameters_(settings_.network),
        optimizer_(settings_.optimizer, parameters_.weights().size()) {
    if (settings_.network.layers.back().output_shape.size() != 1) {
      throw Error(fmt::format("The last layer '{}' gives {}; the outputs must be a vector.",
                              settings_.network.layers.back().name,
                              to_string(settings_.network.layers.back().output_shape)));
    }
    plan(batch, Plan::Purpose::Train);
  }

  void set_state(const TensorMap& state) override {
    parameters_.set_state(state);
    optimizer_ = fast::FlatOptimizer(settings_.optimizer, parameters_.weights().size());
    has_state_ = true;
  }
  [[nodiscard]] TensorMap state() const override { return parameters_.state(); }

  double step(const Batch& batch) override {
    require_state();
    check_inputs(batch.inputs);
    check_labels(batch);
    Plan& chosen = plan(batch.inputs.shape().front(), Plan::Purpose::Train);
    const double loss = chosen.forward_and_backward(batch);
    optimizer_.step(parameters_.weights(), parameters_.gradients());
    return loss;
  }

  [[nodiscard]] Tensor predict(const Tensor& inputs) override {
    require_state();
    check_inputs(inputs);
    return plan(inputs.shape().front(), Plan::Purpose::Predict).predict(inputs);
  }

 private:
  Plan& plan(std::int64_t batch, Plan::Purpose purpose) {
    std::unique_ptr<Plan>& found = plans_[{batch, purpose}];
    if (!found) {
      found = std::make_unique<Plan>(runtime_, parameters_, settings_, batch, purpose);
    }
    return *found;
  }

  void require_state() const {
    if (!has_state_) {
      throw Error("The fast trainer was given no state yet. Call set_state first.");
    }
  }

  void check_inputs(const Tensor& inputs) const {
    const Shape& shape = inputs.shape();
    const Shape& image = settings_.network.input;
    if (inputs.dtype() != DType::F32 || shape.size() != image.size() + 1 || shape.front() < 1 ||
        !std::equal(image.begin(), image.end(), shape.begin() + 1)) {
      throw Error(
          fmt::format("The inputs are {} of shape {}; the network takes F32 images of shape {}.",
                      safetensors_name(inputs.dtype()),
                      to_string(shape),
                      to_string(image)));
    }
  }

  void check_labels(const Batch& batch) const {
    const std::int64_t classes = settings_.network.layers.back().output_shape.front();
    if (std::ssize(batch.labels) != batch.inputs.shape().front()) {
      throw Error(fmt::format("A batch has {} labels for {} images.",
                              batch.labels.size(),
                              batch.inputs.shape().front()));
    }
    for (const std::int64_t label : batch.labels) {
      if (label < 0 || label >= classes) {
        throw Error(fmt::format("The label {} is not from 0 to {}.", label, classes - 1));
      }
    }
  }

  Settings settings_;
  fast::Runtime runtime_;
  fast::ParameterStore parameters_;
  fast::FlatOptimizer optimizer_;
  bool has_state_ = false;
  std::map<std::pair<std::int64_t, Plan::Purpose>, std::unique_ptr<Plan>> plans_;
};

}  // namespace

std::unique_ptr<Trainer> make_fast_trainer(const Settings& settings, std::int64_t batch) {
  return std::make_unique<FastTrainer>(settings, batch);
}

}  // namespace plumbline
