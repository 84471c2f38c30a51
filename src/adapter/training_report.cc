#include "adapter/training_report.h"

#include <cmath>

#include "base/clock.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxPoints = 1000;  // of the curve, by the protocol

}  // namespace

nlohmann::json number_to_wire(double value) {
  if (std::isnan(value)) {
    return "nan";
  }
  if (std::isinf(value)) {
    return value > 0 ? "inf" : "-inf";
  }
  return value;
}

TrainingReport::TrainingReport(Send send, std::int64_t steps, double report_seconds)
    : send_(std::move(send)),
      steps_(steps),
      report_seconds_(report_seconds),
      started_(monotonic_seconds()),
      next_report_(started_) {}

bool TrainingReport::is_due(std::int64_t step) const {
  return step == 1 || step == steps_ || monotonic_seconds() >= next_report_;
}

void TrainingReport::record(std::int64_t step, double loss) {
  const double now = monotonic_seconds();
  if (step == 1) {
    first_step_seconds_ = now - started_;
  }
  next_report_ = now + report_seconds_;
  if (step == steps_ && curve_.size() == kMaxPoints) {
    curve_.pop_back();
  }
  if (curve_.size() < kMaxPoints) {
    curve_.emplace_back(step, loss);
  }
  send_({{"step", step}, {"steps", steps_}, {"loss", number_to_wire(loss)}});
}

nlohmann::json TrainingReport::result() const {
  nlohmann::json curve = nlohmann::json::array();
  for (const auto& [step, loss] : curve_) {
    curve.push_back({step, number_to_wire(loss)});
  }
  return {{"steps", curve_.back().first},
          {"first_step_seconds", first_step_seconds_},
          {"loss", number_to_wire(curve_.back().second)},
          {"curve", std::move(curve)}};
}

}  // namespace plumbline
