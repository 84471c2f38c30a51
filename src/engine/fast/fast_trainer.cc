#include "engine/fast/fast_trainer.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/error.h"
#include "engine/batch_check.h"
#include "engine/fast/optimizer.h"
#include "engine/fast/parameter_store.h"
#include "engine/fast/plan.h"
#include "engine/fast/support.h"

namespace plumbline {
namespace {

using fast::Plan;

std::set<std::string> kernels_in_panels(const std::vector<fast::LayerGroup>& groups) {
  std::set<std::string> names;
  for (const fast::LayerGroup& group : groups) {
    if (const auto* dense = std::get_if<fast::DenseLayers>(&group)) {
      names.insert(dense->dense->name + "/kernel");
    }
  }
  return names;
}

class FastTrainer : public Trainer {
 public:
  FastTrainer(const Settings& settings, std::int64_t batch, const FastOptions& options)
      : settings_(checked(settings)),
        groups_(fast::group_layers(settings_.network, options.kernels)),
        parameters_(settings_.network, kernels_in_panels(groups_)),
        optimizer_(settings_.optimizer, parameters_.trainable_floats()) {
    plan(batch, Plan::Purpose::Train);
  }

  void set_state(const TensorMap& state) override {
    parameters_.set_state(state);
    optimizer_ = fast::Optimizer(settings_.optimizer, parameters_.trainable_floats());
    has_state_ = true;
  }
  [[nodiscard]] TensorMap state() const override { return parameters_.state(); }

  double step(const Batch& batch) override {
    require_state();
    check_batch(settings_.network, batch);
    Plan& chosen = plan(batch.inputs.shape().front(), Plan::Purpose::Train);
    const double loss = chosen.forward(batch);
    const fast::Update update = optimizer_.next();
    chosen.backward(update, optimizer_);
    optimizer_.update(update, parameters_.flat_weights(), parameters_.flat_gradients());
    return loss;
  }

  [[nodiscard]] Tensor predict(const Tensor& inputs) override {
    require_state();
    check_inputs(settings_.network, inputs);
    return plan(inputs.shape().front(), Plan::Purpose::Predict).predict(inputs);
  }

 private:
  static const Settings& checked(const Settings& settings) {
    fast::check_supported(settings);
    const Layer& last = settings.network.layers.back();
    if (last.output_shape.size() != 1) {
      throw Error(fmt::format("The last layer '{}' gives {}; the outputs must be a vector.",
                              last.name,
                              to_string(last.output_shape)));
    }
    return settings;
  }

  Plan& plan(std::int64_t batch, Plan::Purpose purpose) {
    std::unique_ptr<Plan>& found = plans_[{batch, purpose}];
    if (!found) {
      found = std::make_unique<Plan>(runtime_, parameters_, settings_, groups_, batch, purpose);
    }
    return *found;
  }

  void require_state() const {
    if (!has_state_) {
      throw Error("The fast trainer was given no state yet. Call set_state first.");
    }
  }

  Settings settings_;
  std::vector<fast::LayerGroup> groups_;  // into settings_
  fast::Runtime runtime_;
  fast::ParameterStore parameters_;
  fast::Optimizer optimizer_;
  bool has_state_ = false;
  std::map<std::pair<std::int64_t, Plan::Purpose>, std::unique_ptr<Plan>> plans_;
};

}  // namespace

std::unique_ptr<Trainer> make_fast_trainer(const Settings& settings,
                                           std::int64_t batch,
                                           const FastOptions& options) {
  return std::make_unique<FastTrainer>(settings, batch, options);
}

}  // namespace plumbline
