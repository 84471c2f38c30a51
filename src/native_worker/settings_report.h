#pragma once

#include <nlohmann/json.hpp>

#include "native_worker/native_adapter.h"

namespace plumbline {

inline constexpr std::int64_t kPredictBatch = 250;

// The answer to `build`: every setting by which the engine trains, what the study named included.
[[nodiscard]] nlohmann::json settings_report(const Settings& settings,
                                             const TrialPlan& plan,
                                             Engine engine);

}  // namespace plumbline
