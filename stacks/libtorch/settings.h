#pragma once

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include "model.h"
#include "study/recipe.h"

// What model, optimizer and initialisers use, read off the objects where they tell.
[[nodiscard]] nlohmann::json settings_of(const Model& model,
                                         const torch::optim::Optimizer& optimizer,
                                         const plumbline::Recipe& recipe);
