#pragma once

#include <nlohmann/json.hpp>

#include "study/network.h"
#include "study/recipe.h"

namespace plumbline {

// Network and recipe as workers see them (docs/protocol.md, "Network" and "Recipe"): plain JSON,
// every structural choice written out, and what the study left to the framework absent. The order
// of keys is fixed, so the text can be hashed.
[[nodiscard]] nlohmann::ordered_json to_wire(const Network& network);
[[nodiscard]] nlohmann::ordered_json to_wire(const Recipe& recipe);

// The other way, for workers written in C++. Throw Error that names the member at fault; any input
// is safe. Shapes are worked out again and must be those that the message states.
[[nodiscard]] Network network_from_wire(const nlohmann::json& wire);
[[nodiscard]] Recipe recipe_from_wire(const nlohmann::json& wire);

}  // namespace plumbline
