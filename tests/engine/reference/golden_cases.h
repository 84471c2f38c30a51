#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/defaults.h"
#include "engine/reference/arithmetic/bounded.h"
#include "engine/reference/layer_values.h"

namespace plumbline::reference {

// A case of golden/*.json (golden/cases.py tells the form): what a framework gave, and the settings
// and the dialect under which the oracle should give the same.
struct GoldenCase {
  std::string name;  // with its source in front
  nlohmann::json wire;
  Settings settings;
};

// "updates", "layers" or "losses" of all files.
[[nodiscard]] std::vector<GoldenCase> golden_cases(const std::string& group);

[[nodiscard]] Array<Bounded> bounded_array(const nlohmann::json& wire);
[[nodiscard]] Array<Bounded> bounded_vector(const nlohmann::json& numbers);
[[nodiscard]] Tensor mask_tensor(const nlohmann::json& wire);

// How far what the oracle gives under `settings` is from what the framework gave, as a multiple of
// what rounding allows: the budget of a float32 evaluation in a float32 case; in float64 2^-29 of
// it, twice because the oracle rounds too. Of several tensors the worst.
[[nodiscard]] double update_ratio(const GoldenCase& golden, const Settings& settings);
[[nodiscard]] double layer_ratio(const GoldenCase& golden, const Settings& settings);
[[nodiscard]] double loss_ratio(const GoldenCase& golden, const Settings& settings);

}  // namespace plumbline::reference
