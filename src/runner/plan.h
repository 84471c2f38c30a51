#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "stack/environment.h"
#include "stack/manifest.h"
#include "study/study.h"

namespace plumbline {

enum class Mode { AsShipped, Controlled };
[[nodiscard]] const char* mode_name(Mode mode);  // "as-shipped", "controlled"

// A stack of the study together with what is installed here.
struct PreparedStack {
  StackChoice choice;
  StackManifest manifest;
  Environment environment;
  std::string identity;  // digest of adapter, shared sources, environment and program: part of
                         // every trial's key
};

// Finds every stack of the study. Throws UsageError for a stack that does not exist, and one
// EnvironmentError that names all stacks that cannot run here and the commands that help.
[[nodiscard]] std::vector<PreparedStack> prepare_stacks(const Study& study);

// One trial to be run. The indices are into the study's data and stacks.
struct PlannedTrial {
  std::size_t data = 0;
  std::size_t stack = 0;
  std::uint64_t seed = 0;
  std::string key;
};

struct PlanInputs {
  const Study& study;
  const std::vector<PreparedStack>& stacks;
  const std::vector<Dataset>& data;
  Mode mode;
  int threads;
  std::string processor;
};

// All trials of a study: data sets in order, within them seed blocks, within a block every stack
// once. The order of stacks turns round from block to block, so that drift of the machine hits all
// alike. Throws as load_checkpoint does: a checkpoint that does not fit is seen before the first
// trial.
[[nodiscard]] std::vector<PlannedTrial> plan_trials(const PlanInputs& inputs);

// Throws UsageError when the network's outputs or the number of training images do not fit the data
// set.
void check_fits(const Study& study, const Dataset& data);

// Images of the training split that the stack's recipe uses.
[[nodiscard]] std::int64_t training_images(const Recipe& recipe, const Dataset& data);

}  // namespace plumbline
