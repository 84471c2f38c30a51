#include "runner/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/hash.h"
#include "draw/draw.h"
#include "study/wire.h"
#include "worker/message.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

// Digest of the native program behind a command, if it is one of ours or one that the stack's build
// made.
std::string program_digest(const StackManifest& manifest, const Environment& environment) {
  const std::string program = expand(manifest.command.front(), manifest, environment);
  const bool ours = fs::path(program).parent_path() == program_folder();
  return ours && fs::exists(program) ? sha256_hex_of_file(program) : "";
}

PreparedStack prepare(const StackChoice& choice) {
  PreparedStack prepared{choice, find_stack(choice.name, choice.folder), {}, {}};
  prepared.environment = environment_of(prepared.manifest);
  prepared.identity = sha256_hex(sources_digest(prepared.manifest) + prepared.environment.key +
                                 program_digest(prepared.manifest, prepared.environment));
  return prepared;
}

// What each parameter starts from determines a trial, not the checkpoint's path or what else is in
// it. Empty without a checkpoint.
std::string weights_digest(const Network& network, const Recipe& recipe) {
  const Checkpoint* const checkpoint = std::get_if<Checkpoint>(&recipe.weights);
  if (checkpoint == nullptr) {
    return "";
  }
  Sha256 digest;
  for (const auto& [name, tensor] : load_checkpoint(network, *checkpoint)) {
    digest.update(name + "\n");
    digest.update(tensor.bytes());
  }
  return digest.hex_digest();
}

std::vector<std::string> weights_digests(const PlanInputs& inputs) {
  std::vector<std::string> digests;
  digests.reserve(inputs.stacks.size());
  for (const PreparedStack& stack : inputs.stacks) {
    digests.push_back(weights_digest(inputs.study.network, stack.choice.recipe));
  }
  return digests;
}

std::string key_of(const PlanInputs& inputs,
                   const PlannedTrial& trial,
                   const std::string& weights) {
  const PreparedStack& stack = inputs.stacks[trial.stack];
  const Recipe& recipe = stack.choice.recipe;
  const Dataset& data = inputs.data[trial.data];
  const std::int64_t images = training_images(recipe, data);
  const nlohmann::ordered_json identity = {
      {"protocol", kProtocolVersion},
      {"study", inputs.study.name},
      {"network", to_wire(inputs.study.network)},
      {"recipe", to_wire(recipe)},
      {"steps", total_steps(recipe, images)},
      {"training_images", images},
      {"weights", weights},
      {"data", data.digest},
      {"stack", stack.manifest.name},
      {"stack_identity", stack.identity},
      {"device", stack.choice.device == Device::Cuda ? "cuda" : "cpu"},
      {"seed", trial.seed},
      {"mode", mode_name(inputs.mode)},
      {"threads", inputs.threads},
      {"processor", inputs.processor},
  };
  return sha256_hex(identity.dump());
}

// Where a study may say this of a stack's recipe.
std::vector<StudyPath> places_of(const StackChoice& stack, const std::string& key) {
  return {{"stack", stack.name, "recipe", key}, {"recipe", key}};
}

}  // namespace

const char* mode_name(Mode mode) {
  return mode == Mode::AsShipped ? "as-shipped" : "controlled";
}

std::vector<PreparedStack> prepare_stacks(const Study& study) {
  std::vector<PreparedStack> stacks;
  std::string reasons;
  for (const StackChoice& choice : study.stacks) {
    stacks.push_back(prepare(choice));
    const std::string reason = reason_not_ready(stacks.back().manifest, stacks.back().environment);
    if (!reason.empty()) {
      reasons += fmt::format("\n  {}: {}", choice.name, reason);
    }
  }
  if (!reasons.empty()) {
    throw EnvironmentError("Some stacks of the study cannot run here." + reasons);
  }
  return stacks;
}

std::vector<PlannedTrial> plan_trials(const PlanInputs& inputs) {
  const std::vector<std::string> weights = weights_digests(inputs);
  std::vector<PlannedTrial> trials;
  for (std::size_t data = 0; data < inputs.data.size(); ++data) {
    for (std::size_t block = 0; block < inputs.study.seeds.size(); ++block) {
      for (std::size_t position = 0; position < inputs.stacks.size(); ++position) {
        PlannedTrial trial;
        trial.data = data;
        trial.stack = block % 2 == 0 ? position : inputs.stacks.size() - 1 - position;
        trial.seed = inputs.study.seeds[block];
        trial.key = key_of(inputs, trial, weights[trial.stack]);
        trials.push_back(trial);
      }
    }
  }
  return trials;
}

void check_fits(const Study& study, const Dataset& data) {
  const Shape& outputs = study.network.layers.back().output_shape;
  if (outputs.back() != data.classes) {
    const std::size_t last = study.network.layers.size() - 1;
    fail_at(study,
            {{"network", "layers", std::to_string(last)}},
            fmt::format("The last layer '{}' has {} outputs, but '{}' has {} classes.",
                        study.network.layers.back().name,
                        outputs.back(),
                        data.name,
                        data.classes));
  }
  for (const StackChoice& stack : study.stacks) {
    const std::int64_t images = training_images(stack.recipe, data);
    if (steps_per_epoch(stack.recipe, images) < 1) {
      fail_at(study,
              places_of(stack, "batch"),
              fmt::format("The last batch is dropped, and {} training images of '{}' do not fill "
                          "one of {}.",
                          images,
                          data.name,
                          stack.recipe.batch));
    }
    if (images > data.train.labels.size()) {
      fail_at(study,
              places_of(stack, "training_images"),
              fmt::format("training_images is {}, but '{}' has only {}.",
                          images,
                          data.name,
                          data.train.labels.size()));
    }
  }
}

std::int64_t training_images(const Recipe& recipe, const Dataset& data) {
  return recipe.training_images.value_or(data.train.labels.size());
}

}  // namespace plumbline
