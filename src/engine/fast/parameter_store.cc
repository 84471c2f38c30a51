#include "engine/fast/parameter_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace plumbline::fast {
namespace {

constexpr std::size_t kFloatsPerLine = 16;

// Of `offset` and a further parameter, rounded up to a cache line.
std::size_t end_of(std::size_t offset, const ParameterSpec& spec) {
  const auto size = static_cast<std::size_t>(element_count(spec.shape));
  return offset + (size + kFloatsPerLine - 1) / kFloatsPerLine * kFloatsPerLine;
}

Tensor zeros(std::size_t size) {
  return {DType::F32, {static_cast<std::int64_t>(size)}};
}

}  // namespace

ParameterStore::ParameterStore(const Network& network) {
  for (ParameterSpec& spec : parameters(network)) {
    index_[spec.name] = places_.size();
    places_.push_back({std::move(spec), 0});
  }
  std::size_t end = 0;
  for (const bool trainable : {true, false}) {
    for (Place& place : places_) {
      if (place.spec.trainable() == trainable) {
        place.offset = end;
        end = end_of(end, place.spec);
      }
    }
    trainable_floats_ = trainable ? end : trainable_floats_;
  }
  weights_ = zeros(end);
  gradients_ = zeros(trainable_floats_);
}

const ParameterStore::Place& ParameterStore::place(const std::string& name) const {
  const auto found = index_.find(name);
  if (found == index_.end()) {
    throw Error(fmt::format("The network has no parameter '{}'.", name));
  }
  return places_[found->second];
}

float* ParameterStore::weight(const std::string& name) {
  return weights_.as<float>().data() + place(name).offset;
}

float* ParameterStore::gradient(const std::string& name) {
  return gradients_.as<float>().data() + place(name).offset;
}

std::span<float> ParameterStore::weights() {
  return weights_.as<float>().first(trainable_floats_);
}

std::span<const float> ParameterStore::gradients() const {
  return gradients_.as<float>();
}

void ParameterStore::set_state(const TensorMap& state) {
  for (const Place& place : places_) {
    const auto found = state.find(place.spec.name);
    if (found == state.end()) {
      throw Error(fmt::format("The state lacks the parameter '{}'.", place.spec.name));
    }
    const Tensor& tensor = found->second;
    if (tensor.dtype() != DType::F32 || tensor.shape() != place.spec.shape) {
      throw Error(
          fmt::format("The state has the parameter '{}' as {} of shape {}; it is F32 of shape {}.",
                      place.spec.name,
                      safetensors_name(tensor.dtype()),
                      to_string(tensor.shape()),
                      to_string(place.spec.shape)));
    }
  }
  if (state.size() != places_.size()) {
    const auto unknown = std::ranges::find_if(
        state, [this](const auto& entry) { return !index_.contains(entry.first); });
    throw Error(
        fmt::format("The state has '{}', which is no parameter of the network.", unknown->first));
  }
  for (const auto& [name, tensor] : state) {
    std::ranges::copy(tensor.as<float>(), weight(name));
  }
}

TensorMap ParameterStore::state() const {
  TensorMap state;
  for (const Place& place : places_) {
    Tensor tensor(DType::F32, place.spec.shape);
    const std::span<float> elements = tensor.as<float>();
    std::ranges::copy(weights_.as<float>().subspan(place.offset, elements.size()),
                      elements.begin());
    state.emplace(place.spec.name, std::move(tensor));
  }
  return state;
}

}  // namespace plumbline::fast
