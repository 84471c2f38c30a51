#include "runner/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/text.h"
#include "tensor/safetensors.h"

namespace plumbline {

namespace {

constexpr std::size_t kRoomForHeader = std::size_t{16} << 20;

bool all_finite(const Tensor& tensor) {
  const std::span<const float> values = tensor.as<float>();
  return std::all_of(
      values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

bool same_bytes(const Tensor& a, const Tensor& b) {
  return std::memcmp(a.bytes().data(), b.bytes().data(), a.bytes().size()) == 0;
}

[[noreturn]] void protocol_error(const std::string& reason) {
  throw TrialEnded{Outcome::ProtocolError, reason, ""};
}

}  // namespace

TensorMap read_worker_tensors(const std::filesystem::path& path,
                              const std::string& request,
                              std::size_t expected_bytes) {
  // Opening a pipe would wait, past every deadline, for somebody to write into it.
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(path, unknown)) {
    protocol_error(fmt::format("The worker answered '{}' without writing its tensors.", request));
  }
  const std::uintmax_t most_bytes = 2 * expected_bytes + kRoomForHeader;
  if (std::filesystem::file_size(path, unknown) > most_bytes) {
    protocol_error(fmt::format("The file that answers '{}' is larger than {}; its tensors take {}.",
                               request,
                               format_bytes(static_cast<double>(most_bytes)),
                               format_bytes(static_cast<double>(expected_bytes))));
  }
  try {
    return read_safetensors(path).tensors;
  } catch (const Error& error) {
    protocol_error(
        fmt::format("The tensors that answer '{}' cannot be read: {}", request, error.what()));
  }
}

std::size_t state_bytes(const Network& network) {
  std::size_t bytes = 0;
  for (const ParameterSpec& spec : parameters(network)) {
    bytes += static_cast<std::size_t>(element_count(spec.shape)) * sizeof(float);
  }
  return bytes;
}

void check_state(const TensorMap& state, const Network& network) {
  const std::vector<ParameterSpec> specs = parameters(network);
  for (const ParameterSpec& spec : specs) {
    const auto found = state.find(spec.name);
    if (found == state.end()) {
      protocol_error(fmt::format("The worker's state lacks the parameter '{}'.", spec.name));
    }
    const Tensor& tensor = found->second;
    if (tensor.dtype() != DType::F32 || tensor.shape() != spec.shape) {
      protocol_error(fmt::format("The worker's parameter '{}' is {} {}; it must be F32 {}.",
                                 spec.name,
                                 safetensors_name(tensor.dtype()),
                                 to_string(tensor.shape()),
                                 to_string(spec.shape)));
    }
  }
  if (state.size() != specs.size()) {
    protocol_error(fmt::format("The worker's state has {} tensors; the network has {} parameters.",
                               state.size(),
                               specs.size()));
  }
}

void check_trained(const TensorMap& before, const TensorMap& after, const Network& network) {
  bool changed = false;
  for (const ParameterSpec& spec : parameters(network)) {
    const Tensor& tensor = after.at(spec.name);
    if (!all_finite(tensor)) {
      throw TrialEnded{
          Outcome::Diverged,
          fmt::format("After training, '{}' holds numbers that are not finite.", spec.name),
          ""};
    }
    changed = changed || (spec.trainable() && !same_bytes(before.at(spec.name), tensor));
  }
  if (!changed) {
    throw TrialEnded{Outcome::Untrusted,
                     "The worker says it has trained, but no weight differs from before.",
                     ""};
  }
}

void check_outputs(const Tensor& outputs, std::int64_t images, std::int64_t classes) {
  const Shape expected = {images, classes};
  if (outputs.dtype() != DType::F32 || outputs.shape() != expected) {
    protocol_error(fmt::format("The worker's outputs are {} {}; they must be F32 {}.",
                               safetensors_name(outputs.dtype()),
                               to_string(outputs.shape()),
                               to_string(expected)));
  }
  if (!all_finite(outputs)) {
    throw TrialEnded{Outcome::Diverged, "The network's outputs are not finite.", ""};
  }
}

}  // namespace plumbline
