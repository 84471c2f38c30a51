#pragma once

#include <memory>

#include "adapter/adapter.h"
#include "base/philox.h"
#include "engine/defaults.h"
#include "engine/trainer.h"

namespace plumbline {

enum class Engine { Fast, Reference };  // float32 on oneDNN; the float64 oracle

// Plumbline's own engines as a framework. As-shipped, its random numbers are the streams of
// stream_key("native", seed).
class NativeAdapter : public Adapter {
 public:
  explicit NativeAdapter(Engine engine) : engine_(engine) {}
  [[nodiscard]] nlohmann::json describe() override;
  void load_data(TrialData data) override;
  [[nodiscard]] nlohmann::json build(const TrialPlan& plan) override;
  [[nodiscard]] TensorMap state() override;
  void set_state(const TensorMap& state) override;
  void train(std::int64_t steps, TrainingReport& report) override;
  double step(const std::vector<std::int64_t>& indices, const TensorMap& masks) override;
  [[nodiscard]] Tensor predict() override;
  [[nodiscard]] std::unique_ptr<Observer> observer() override;

  [[nodiscard]] std::vector<std::int64_t> labels_at(const std::vector<std::int64_t>& indices) const;
  [[nodiscard]] const Tensor& train_images() const { return train_images_; }
  [[nodiscard]] const Tensor& test_images() const { return test_images_; }
  [[nodiscard]] Trainer& trainer() { return *trainer_; }

 private:
  Engine engine_;
  Tensor train_images_;  // scaled
  Tensor test_images_;   // scaled
  std::vector<std::int64_t> labels_;
  Recipe recipe_;
  Network network_;
  PhiloxKey key_{};
  std::unique_ptr<Trainer> trainer_;
};

}  // namespace plumbline
