#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "model.h"
#include "study/recipe.h"

// Overwrites the kernels and biases whose initialiser the recipe names; the others keep what
// torch::nn gave them. Throws plumbline::Unsupported for what torch::nn::init cannot do.
void initialise(Model& model, const plumbline::Recipe& recipe);
[[nodiscard]] std::unique_ptr<torch::optim::Optimizer> make_optimizer(
    std::vector<torch::Tensor> parameters, const plumbline::Optimizer& optimizer);
// The mean loss from the model's outputs and what `targets_of` made of the labels.
using LossFunction =
    std::function<torch::Tensor(const torch::Tensor& outputs, const torch::Tensor& targets)>;
[[nodiscard]] LossFunction make_loss(plumbline::Loss loss);
[[nodiscard]] torch::Tensor targets_of(plumbline::Loss loss,
                                       const torch::Tensor& labels,
                                       std::int64_t classes);
