#pragma once

#include <memory>

#include "engine/defaults.h"
#include "engine/reference/model.h"
#include "engine/trainer.h"

namespace plumbline::reference {

// The oracle: trains in float64, keeps its state in float64, and rounds only what it gives out.
// What it is given is checked first (batch_check.h, graph.h).
class ReferenceTrainer : public Trainer {
 public:
  explicit ReferenceTrainer(Settings settings);
  void set_state(const TensorMap& state) override;  // forgets what the optimizer remembered
  [[nodiscard]] TensorMap state() const override;
  double step(const Batch& batch) override;
  [[nodiscard]] Tensor predict(const Tensor& inputs) override;
  // These two give F64, and `before` and `after` too: the parameters as they are kept.
  [[nodiscard]] TensorMap observed_step(const Batch& batch) override;
  [[nodiscard]] TensorMap observed_predict(const Tensor& inputs) override;
  // The state as it is kept, F64.
  [[nodiscard]] TensorMap state_f64() const;

 private:
  void require_state() const;
  [[nodiscard]] Step<double> take_step(const Batch& batch);
  [[nodiscard]] TensorMap slots() const;  // "<parameter>/<slot>", of those that there are
  std::vector<std::string> slot_names_;
  Model<Double> model_;
  bool has_state_ = false;
  Arrays<double> parameters_;
  OptimizerState<double> optimizer_;
};

[[nodiscard]] std::unique_ptr<ReferenceTrainer> make_trainer(Settings settings);

}  // namespace plumbline::reference
