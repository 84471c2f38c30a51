#include "engine/fast/parameter_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "engine/fast/kernels/dense_layout.h"

namespace plumbline::fast {
namespace {

constexpr std::size_t kFloatsPerLine = 16;

std::size_t whole_lines(std::size_t floats) {
  return (floats + kFloatsPerLine - 1) / kFloatsPerLine * kFloatsPerLine;
}

Tensor zeros(std::size_t size) {
  return {DType::F32, {static_cast<std::int64_t>(size)}};
}

// Calls visit(place in the canonical kernel (inputs, outputs), place in panels) for each weight.
template <typename Visit>
void for_panelled(const Shape& shape, const Visit& visit) {
  const std::int64_t outputs = shape[1];
  const Panels panels(shape[0]);
  for (std::int64_t panel = 0; panel < panels.count(); ++panel) {
    for (std::int64_t output = 0; output < outputs; ++output) {
      const std::int64_t row = panels.offset(panel, output, outputs);
      for (std::int64_t i = 0; i < panels.used(panel); ++i) {
        visit((panels.begin(panel) + i) * outputs + output, row + i);
      }
    }
  }
}

}  // namespace

std::size_t ParameterStore::Place::floats() const {
  return static_cast<std::size_t>(in_panels ? Panels(spec.shape[0]).floats(spec.shape[1])
                                            : element_count(spec.shape));
}

ParameterStore::ParameterStore(const Network& network, const std::set<std::string>& in_panels) {
  for (ParameterSpec& spec : parameters(network)) {
    index_[spec.name] = places_.size();
    const bool panelled = in_panels.contains(spec.name);
    places_.push_back({std::move(spec), panelled, 0});
  }
  std::size_t end = 0;
  const auto append = [&](bool trainable, bool panelled) {
    for (Place& place : places_) {
      if (place.spec.trainable() == trainable && place.in_panels == panelled) {
        place.offset = end;
        end += whole_lines(place.floats());
      }
    }
    return end;
  };
  flat_floats_ = append(true, false);
  trainable_floats_ = append(true, true);
  weights_ = zeros(append(false, false));
  gradients_ = zeros(flat_floats_);
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

std::span<float> ParameterStore::flat_weights() {
  return weights_.as<float>().first(flat_floats_);
}

std::span<const float> ParameterStore::flat_gradients() const {
  return gradients_.as<float>();
}

void ParameterStore::check(const TensorMap& state) const {
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
}

void ParameterStore::set_state(const TensorMap& state) {
  check(state);
  for (const Place& place : places_) {
    const float* from = state.at(place.spec.name).as<float>().data();
    float* to = weights_.as<float>().data() + place.offset;
    if (place.in_panels) {
      for_panelled(place.spec.shape, [&](std::int64_t canonical, std::int64_t panelled) {
        to[panelled] = from[canonical];
      });
    } else {
      std::copy_n(from, place.floats(), to);
    }
  }
}

TensorMap ParameterStore::state() const {
  TensorMap state;
  for (const Place& place : places_) {
    Tensor tensor(DType::F32, place.spec.shape);
    const float* from = weights_.as<float>().data() + place.offset;
    float* to = tensor.as<float>().data();
    if (place.in_panels) {
      for_panelled(place.spec.shape, [&](std::int64_t canonical, std::int64_t panelled) {
        to[canonical] = from[panelled];
      });
    } else {
      std::copy_n(from, place.floats(), to);
    }
    state.emplace(place.spec.name, std::move(tensor));
  }
  return state;
}

}  // namespace plumbline::fast
