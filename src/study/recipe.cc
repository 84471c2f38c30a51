#include "study/recipe.h"

#include "base/error.h"
#include "study/words.h"

namespace plumbline {

const char* loss_name(Loss loss) {
  return word_for(kLossWords, loss);
}
const char* optimizer_name(OptimizerKind kind) {
  return word_for(kOptimizerWords, kind);
}
const char* initialiser_name(InitialiserKind kind) {
  return word_for(kInitialiserWords, kind);
}

std::int64_t steps_per_epoch(const Recipe& recipe, std::int64_t images) {
  if (recipe.batch < 1 || images < 0) {
    throw Error("An epoch's steps need a batch of at least 1 and a number of images.");
  }
  const std::int64_t whole = images / recipe.batch;
  const bool partial = images % recipe.batch != 0;
  return partial && !recipe.drop_last_batch ? whole + 1 : whole;
}

std::int64_t total_steps(const Recipe& recipe, std::int64_t images) {
  if (recipe.steps) {
    return *recipe.steps;
  }
  if (!recipe.epochs) {
    throw Error("The recipe has neither steps nor epochs.");
  }
  return *recipe.epochs * steps_per_epoch(recipe, images);
}

}  // namespace plumbline
