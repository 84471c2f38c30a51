#include "engine/fast/fast_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/error.h"
#include "engine/batch_check.h"
#include "engine/fast/optimizer.h"
#include "engine/fast/parameter_store.h"
#include "engine/fast/plan.h"
#include "engine/fast/separated.h"
#include "engine/fast/support.h"
#include "engine/slot_names.h"

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

Tensor copied(const float* values, const Shape& shape) {
  Tensor tensor(DType::F32, shape);
  std::copy_n(values, tensor.size(), tensor.as<float>().data());
  return tensor;
}

template <typename T>
Tensor scalar(T value) {
  Tensor tensor(DTypeOf<T>::value, {});
  tensor.as<T>().front() = value;
  return tensor;
}

class FastTrainer : public Trainer {
 public:
  FastTrainer(const Settings& settings, std::int64_t batch, const FastOptions& options)
      : settings_(options.observed ? with_separated(checked(settings)) : checked(settings)),
        observed_(options.observed),
        groups_(fast::group_layers(settings_.network,
                                   observed_ ? fast::Kernels::OneDnn : options.kernels)),
        parameters_(settings_.network, kernels_in_panels(groups_)),
        optimizer_(settings_.optimizer, parameters_.trainable_floats()) {
    plan(batch, training());
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
    return step(batch, plan(batch.inputs.shape().front(), training()));
  }

  [[nodiscard]] Tensor predict(const Tensor& inputs) override {
    require_state();
    check_inputs(settings_.network, inputs);
    return plan(inputs.shape().front(), Plan::Purpose::Predict).predict(inputs);
  }

  [[nodiscard]] TensorMap observed_step(const Batch& batch) override {
    require_observed();
    check_batch(settings_.network, batch);
    TensorMap tensors = slots("slot_before/");
    Plan& chosen = plan(batch.inputs.shape().front(), Plan::Purpose::Observe);
    tensors["loss"] = scalar(static_cast<float>(step(batch, chosen)));
    tensors["step"] = scalar(optimizer_.steps());
    add_nodes(tensors, "out/", chosen.outputs());
    add_nodes(tensors, "grad_out/", chosen.output_gradients());
    for (const ParameterSpec& spec : parameters(settings_.network)) {
      if (spec.trainable()) {
        tensors["grad/" + spec.name] = copied(parameters_.gradient(spec.name), spec.shape);
      }
    }
    tensors.merge(slots("slot/"));
    return tensors;
  }

  [[nodiscard]] TensorMap observed_predict(const Tensor& inputs) override {
    require_observed();
    check_inputs(settings_.network, inputs);
    Plan& chosen = plan(inputs.shape().front(), Plan::Purpose::Predict);
    (void)chosen.predict(inputs);
    TensorMap tensors;
    add_nodes(tensors, "out/", chosen.outputs());
    return tensors;
  }

 private:
  double step(const Batch& batch, Plan& chosen) {
    const double loss = chosen.forward(batch);
    const fast::Update update = optimizer_.next();
    chosen.backward(update, optimizer_);
    optimizer_.update(update, parameters_.flat_weights(), parameters_.flat_gradients());
    return loss;
  }

  [[nodiscard]] Plan::Purpose training() const {
    return observed_ ? Plan::Purpose::Observe : Plan::Purpose::Train;
  }

  // "<kind><parameter>/<slot>". Of an observed trainer all parameters are flat, and so are these.
  TensorMap slots(const std::string& kind) {
    TensorMap tensors;
    const std::vector<std::string> names = slot_names(settings_.optimizer);
    for (const ParameterSpec& spec : parameters(settings_.network)) {
      const fast::Slots kept =
          spec.trainable() ? optimizer_.slots(parameters_.offset(spec.name)) : fast::Slots{};
      const std::array<const float*, 2> values{kept.first, kept.second};
      for (std::size_t i = 0; i < names.size() && values[i] != nullptr; ++i) {
        tensors[kind + spec.name + "/" + names[i]] = copied(values[i], spec.shape);
      }
    }
    return tensors;
  }

  void add_nodes(TensorMap& tensors, const std::string& kind, TensorMap by_layer) const {
    for (auto& [layer, tensor] : by_layer) {
      tensors.emplace(kind + fast::node_name(settings_.network, layer), std::move(tensor));
    }
  }

  static Settings with_separated(Settings settings) {
    settings.network = fast::separated(std::move(settings.network));
    return settings;
  }

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

  void require_observed() const {
    require_state();
    if (!observed_) {
      throw Error("This fast trainer was not made to be observed.");
    }
  }

  void require_state() const {
    if (!has_state_) {
      throw Error("The fast trainer was given no state yet. Call set_state first.");
    }
  }

  Settings settings_;
  bool observed_;
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
