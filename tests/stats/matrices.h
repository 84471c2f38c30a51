#pragma once

#include <cstdint>
#include <vector>

#include "stats/trial_matrix.h"

namespace plumbline {

// A matrix of trained trials with these accuracies, one row a stack.
inline TrialMatrix matrix_of(const std::vector<std::vector<double>>& accuracies) {
  TrialMatrix matrix;
  matrix.stacks = accuracies.size();
  matrix.seeds = accuracies.empty() ? 0 : accuracies.front().size();
  matrix.results.resize(matrix.stacks * matrix.seeds);
  for (std::size_t stack = 0; stack < matrix.stacks; ++stack) {
    for (std::size_t seed = 0; seed < matrix.seeds; ++seed) {
      matrix.at(stack, seed).state = TrialState::Trained;
      matrix.at(stack, seed).accuracy = accuracies[stack][seed];
    }
  }
  return matrix;
}

// The same without accuracies that matter, with these times.
inline TrialMatrix times_of(const std::vector<std::vector<double>>& seconds) {
  TrialMatrix matrix = matrix_of(seconds);
  for (TrialResult& result : matrix.results) {
    result.seconds = result.accuracy;
    result.accuracy = 0.5;
  }
  return matrix;
}

}  // namespace plumbline
