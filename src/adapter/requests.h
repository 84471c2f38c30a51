#pragma once

#include "adapter/adapter.h"
#include "study/wire_object.h"

namespace plumbline {

// The members of the protocol's requests, read and checked. All throw Error with a sentence that
// names what is wrong.

[[nodiscard]] TrialData read_trial_data(const WireObject& request);

// What later requests have to fit.
struct DataFacts {
  Shape image;
  std::int64_t classes = 0;
  std::int64_t train_images = 0;
  std::int64_t test_images = 0;
};
[[nodiscard]] DataFacts facts_of(const TrialData& data);
[[nodiscard]] TrialPlan read_trial_plan(const nlohmann::json& request, const DataFacts& facts);

struct ControlledStep {
  std::vector<std::int64_t> indices;  // into the training images
  TensorMap masks;                    // by layer
};
[[nodiscard]] ControlledStep read_controlled_step(const WireObject& request,
                                                  const DataFacts& facts);

}  // namespace plumbline
