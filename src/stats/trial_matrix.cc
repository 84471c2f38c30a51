#include "stats/trial_matrix.h"

#include <fmt/format.h>

#include <cmath>

#include "base/error.h"
#include "stats/count/examples.h"

namespace plumbline {

namespace {

void check_sizes(const TrialMatrix& matrix) {
  if (matrix.results.size() != matrix.stacks * matrix.seeds || matrix.examples < 0 ||
      (!matrix.timed_together.empty() && matrix.timed_together.size() != matrix.seeds)) {
    throw Error(fmt::format(
        "A comparison of {} stacks with {} seeds needs {} results; it has {}, and times for {}.",
        matrix.stacks,
        matrix.seeds,
        matrix.stacks * matrix.seeds,
        matrix.results.size(),
        matrix.timed_together.size()));
  }
}

void check_trained(const TrialResult& result, std::int64_t examples) {
  if (!(result.accuracy >= 0 && result.accuracy <= 1)) {
    throw Error(fmt::format("An accuracy lies between 0 and 1; {} does not.", result.accuracy));
  }
  if (result.seconds && !(std::isfinite(*result.seconds) && *result.seconds > 0)) {
    throw Error(
        fmt::format("A time to compare is finite and above 0; {} is not.", *result.seconds));
  }
  if (!result.correct.empty() && result.correct.size() != bytes_of_examples(examples)) {
    throw Error(fmt::format(
        "The bits of {} test examples do not fit {} bytes.", examples, result.correct.size()));
  }
}

}  // namespace

void check_matrix(const TrialMatrix& matrix) {
  check_sizes(matrix);
  for (const TrialResult& result : matrix.results) {
    if (result.state == TrialState::Trained) {
      check_trained(result, matrix.examples);
    }
  }
}

}  // namespace plumbline
