#pragma once

#include "study/network.h"
#include "study/recipe.h"

namespace plumbline {

// Every role of a parameter, and a dropout layer at index 3 with 144 features.
inline Network small_network() {
  Network network;
  network.input = {6, 6, 3};
  network.layers = {
      {"conv",
       Conv2d{.filters = 4, .kernel = {3, 3}, .padding = Padding::Same, .activation = {}},
       {"input"},
       {}},
      {"norm", BatchNorm{}, {"conv"}, {}},
      {"flat", Flatten{}, {"norm"}, {}},
      {"drop", Dropout{.rate = 0.3}, {"flat"}, {}},
      {"dense", Dense{.units = 10, .activation = {}}, {"drop"}, {}},
  };
  infer_shapes(network);
  return network;
}

inline Recipe recipe_with(const Initialiser& weights) {
  Recipe recipe;
  recipe.batch = 50;
  recipe.weights = weights;
  return recipe;
}

}  // namespace plumbline
