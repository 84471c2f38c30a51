#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace plumbline {

// Follows a training: times the first step, keeps the curve, sends progress now and then. Make it
// when the request comes.
class TrainingReport {
 public:
  using Send = std::function<void(const nlohmann::json& progress)>;
  TrainingReport(Send send, std::int64_t steps, double report_seconds);

  // To be called after every step, counted from 1. `read_loss` may wait for a device, so it is
  // called only when a report is due: at the first step, the last, and about every
  // `report_seconds`.
  template <typename ReadLoss>
  void step_done(std::int64_t step, const ReadLoss& read_loss) {
    if (is_due(step)) {
      record(step, read_loss());
    }
  }
  // The result of the request; after the last step.
  [[nodiscard]] nlohmann::json result() const;

 private:
  [[nodiscard]] bool is_due(std::int64_t step) const;
  void record(std::int64_t step, double loss);

  Send send_;
  std::int64_t steps_;
  double report_seconds_;
  double started_;
  double next_report_;
  double first_step_seconds_ = 0;
  std::vector<std::pair<std::int64_t, double>> curve_;
};

// A number as the protocol writes it: "nan", "inf" or "-inf" where JSON has none.
[[nodiscard]] nlohmann::json number_to_wire(double value);

}  // namespace plumbline
