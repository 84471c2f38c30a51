#include "adapter/requests.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "study/wire.h"
#include "tensor/safetensors.h"

namespace plumbline {
namespace {

constexpr std::int64_t kMaxClasses = 1'000'000;
constexpr std::int64_t kMaxSeed = (std::int64_t{1} << 32) - 1;

Tensor taken(TensorMap& tensors, const std::string& name, const std::string& path) {
  const auto found = tensors.find(name);
  if (found == tensors.end()) {
    throw Error(fmt::format("'{}' has no tensor '{}'.", path, name));
  }
  return std::move(found->second);
}

std::vector<std::int64_t> whole_numbers(const Tensor& tensor,
                                        std::int64_t end,
                                        const std::string& what) {
  if (tensor.dtype() != DType::I64 || tensor.shape().size() != 1) {
    throw Error(fmt::format("The {} are {} of shape {}; they must be I64 of one axis.",
                            what,
                            safetensors_name(tensor.dtype()),
                            to_string(tensor.shape())));
  }
  const std::span<const std::int64_t> values = tensor.as<std::int64_t>();
  const auto outside =
      std::ranges::find_if(values, [end](std::int64_t value) { return value < 0 || value >= end; });
  if (outside != values.end()) {
    throw Error(fmt::format("Of the {}, {} is not from 0 to {}.", what, *outside, end - 1));
  }
  return {values.begin(), values.end()};
}

TrialData::Half read_half(const std::string& path, std::int64_t classes) {
  TensorMap tensors = read_safetensors(path).tensors;
  TrialData::Half half;
  half.images = taken(tensors, "images", path);
  half.labels = whole_numbers(taken(tensors, "labels", path), classes, "labels of '" + path + "'");
  const Shape& shape = half.images.shape();
  const DType dtype = half.images.dtype();
  if ((shape.size() != 2 && shape.size() != 4) || half.images.size() == 0 ||
      shape.front() != std::ssize(half.labels) || (dtype != DType::U8 && dtype != DType::F32)) {
    throw Error(fmt::format(
        "The images of '{}' are {} of shape {}, with {} labels; they must be U8 or F32, of shape "
        "(n, height, width, channels) or (n, features), with a label each, and at least one.",
        path,
        safetensors_name(dtype),
        to_string(shape),
        half.labels.size()));
  }
  return half;
}

InputScaling read_scaling(const WireObject& wire) {
  return {wire.number("factor", kAboveZero),
          wire.number("mean", kAnyNumber),
          wire.number("stddev", kAboveZero)};
}

Shape image_of(const Tensor& images) {
  return {images.shape().begin() + 1, images.shape().end()};
}

void require_fit(const Network& network, const DataFacts& facts) {
  if (network.input != facts.image) {
    throw Error(fmt::format("The network takes inputs of shape {}, but the images are of shape {}.",
                            to_string(network.input),
                            to_string(facts.image)));
  }
  if (network.layers.back().output_shape != Shape{facts.classes}) {
    throw Error(fmt::format("The last layer '{}' gives {}, but there are {} classes.",
                            network.layers.back().name,
                            to_string(network.layers.back().output_shape),
                            facts.classes));
  }
}

const nlohmann::json& member(const nlohmann::json& request, const char* name) {
  const auto found = request.find(name);
  if (found == request.end()) {
    throw Error(fmt::format("The request lacks '{}'.", name));
  }
  return *found;
}

}  // namespace

TrialData read_trial_data(const WireObject& request) {
  TrialData data;
  data.classes = request.integer("classes", 1, kMaxClasses);
  data.scaling = read_scaling(request.object("input_scaling"));
  data.train = read_half(request.text("train"), data.classes);
  data.test = read_half(request.text("test"), data.classes);
  if (image_of(data.train.images) != image_of(data.test.images)) {
    throw Error(fmt::format("The training images are of shape {} and the test images of shape {}.",
                            to_string(image_of(data.train.images)),
                            to_string(image_of(data.test.images))));
  }
  return data;
}

DataFacts facts_of(const TrialData& data) {
  return {image_of(data.train.images),
          data.classes,
          std::ssize(data.train.labels),
          std::ssize(data.test.labels)};
}

TrialPlan read_trial_plan(const nlohmann::json& request, const DataFacts& facts) {
  const WireObject members(request, "request");
  const std::string mode = members.text("mode");
  if (mode != "as-shipped" && mode != "controlled") {
    members.fail("mode", "must be \"as-shipped\" or \"controlled\"");
  }
  const std::string form = members.has("form") ? members.text("form") : "plain";
  if (form != "plain" && form != "observed") {
    members.fail("form", "must be \"plain\" or \"observed\"");
  }
  if (form == "observed" && mode != "controlled") {
    members.fail("form", "can be \"observed\" in controlled mode only");
  }
  TrialPlan plan{network_from_wire(member(request, "network")),
                 recipe_from_wire(member(request, "recipe")),
                 static_cast<std::uint64_t>(members.integer("seed", 0, kMaxSeed)),
                 members.text("device"),
                 mode == "controlled",
                 form == "observed"};
  require_fit(plan.network, facts);
  return plan;
}

ControlledStep read_controlled_step(const WireObject& request, const DataFacts& facts) {
  const std::string path = request.text("path");
  TensorMap tensors = read_safetensors(path).tensors;
  ControlledStep step;
  step.indices = whole_numbers(taken(tensors, "indices", path), facts.train_images, "indices");
  if (step.indices.empty()) {
    throw Error(fmt::format("'{}' has no indices.", path));
  }
  constexpr std::string_view kMaskPrefix = "mask/";
  for (auto& [name, tensor] : tensors) {
    if (name.starts_with(kMaskPrefix)) {
      step.masks.emplace(name.substr(kMaskPrefix.size()), std::move(tensor));
    }
  }
  return step;
}

}  // namespace plumbline
