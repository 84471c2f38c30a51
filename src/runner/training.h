#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "base/philox.h"
#include "runner/progress.h"
#include "study/network.h"
#include "study/recipe.h"
#include "worker/session.h"

namespace plumbline {

struct TrainingInputs {
  Session& session;
  const Network& network;
  const Recipe& recipe;
  std::int64_t images = 0;
  PhiloxKey key;
  std::filesystem::path folder;  // of the trial
};

struct Training {
  std::int64_t steps = 0;
  double seconds = 0;             // of the requests, by our clock
  double first_step_seconds = 0;  // part of `seconds`
  std::optional<double> loss;
  std::vector<std::pair<std::int64_t, double>> curve;  // at most kMaxCurvePoints
};

inline constexpr std::size_t kMaxCurvePoints = 1000;

// The framework's own loop, in one request. Throws TrialEnded: Diverged as soon as a loss is not
// finite, Untrusted when steps are missing or the times make no sense.
[[nodiscard]] Training train_as_shipped(const TrainingInputs& inputs, ProgressListener& listener);

}  // namespace plumbline
