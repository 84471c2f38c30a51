#include "runner/training.h"

#include <fmt/format.h>

#include <cmath>

#include "base/clock.h"

namespace plumbline {

namespace {

constexpr double kReportSeconds = 0.25;

void check_loss(double loss, std::int64_t step) {
  if (!std::isfinite(loss)) {
    throw TrialEnded{Outcome::Diverged, fmt::format("The loss is {} at step {}.", loss, step), ""};
  }
}

const nlohmann::json& member(const nlohmann::json& result, const char* name) {
  const auto found = result.find(name);
  if (found == result.end()) {
    throw TrialEnded{
        Outcome::ProtocolError, fmt::format("The answer to 'train' has no '{}'.", name), ""};
  }
  return *found;
}

std::int64_t whole_member(const nlohmann::json& result, const char* name) {
  const nlohmann::json& value = member(result, name);
  if (!value.is_number_integer()) {
    throw TrialEnded{Outcome::ProtocolError,
                     fmt::format("The '{}' in the answer to 'train' is no whole number.", name),
                     ""};
  }
  return value.get<std::int64_t>();
}

void check_progress(const Progress& progress, std::int64_t steps) {
  if (progress.steps != steps) {
    throw TrialEnded{
        Outcome::ProtocolError,
        fmt::format(
            "The worker's progress is of {} steps; {} were asked for.", progress.steps, steps),
        ""};
  }
  check_loss(progress.loss, progress.step);
}

std::vector<std::pair<std::int64_t, double>> curve_of(const nlohmann::json& result) {
  std::vector<std::pair<std::int64_t, double>> curve;
  for (const nlohmann::json& point : member(result, "curve")) {
    const bool is_point = point.is_array() && point.size() == 2 && point[0].is_number_integer();
    if (!is_point || curve.size() == kMaxCurvePoints) {
      throw TrialEnded{
          Outcome::ProtocolError,
          fmt::format("The answer's 'curve' must be at most {} pairs of step and loss.",
                      kMaxCurvePoints),
          ""};
    }
    curve.emplace_back(point[0].get<std::int64_t>(),
                       number_from_wire(point[1], "a loss of the curve"));
  }
  return curve;
}

}  // namespace

Training train_as_shipped(const TrainingInputs& inputs, ProgressListener& listener) {
  const std::int64_t steps = total_steps(inputs.recipe, inputs.images);
  const double start = monotonic_seconds();
  const nlohmann::json result =
      inputs.session.request("train",
                             {{"steps", steps}, {"report_seconds", kReportSeconds}},
                             [&](const Progress& progress) {
                               check_progress(progress, steps);
                               listener.step_done(progress);
                             });
  Training training;
  training.seconds = monotonic_seconds() - start;
  training.steps = whole_member(result, "steps");
  training.first_step_seconds =
      number_from_wire(member(result, "first_step_seconds"), "first_step_seconds");
  training.loss = number_from_wire(member(result, "loss"), "loss");
  training.curve = curve_of(result);
  check_loss(*training.loss, training.steps);
  if (training.steps != steps) {
    throw TrialEnded{
        Outcome::Untrusted,
        fmt::format("The worker took {} steps; {} were asked for.", training.steps, steps),
        ""};
  }
  if (!(training.first_step_seconds >= 0 && training.first_step_seconds <= training.seconds)) {
    throw TrialEnded{Outcome::Untrusted,
                     fmt::format("The worker's first step took {} s of a training of {} s.",
                                 training.first_step_seconds,
                                 training.seconds),
                     ""};
  }
  return training;
}

}  // namespace plumbline
