#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "draw/draw.h"
#include "tensor/safetensors.h"

namespace plumbline {
namespace {

std::vector<std::string> names_in(const TensorMap& tensors) {
  std::vector<std::string> names;
  names.reserve(tensors.size());
  for (const auto& [name, tensor] : tensors) {
    names.push_back(name);
  }
  return names;
}

// A mapped name that no parameter bears would be a slip that changes nothing and goes unseen.
void check_mapped_names(const std::vector<ParameterSpec>& specs, const Checkpoint& checkpoint) {
  std::vector<std::string> known;
  known.reserve(specs.size());
  for (const ParameterSpec& spec : specs) {
    known.push_back(spec.name);
  }
  for (const auto& [name, in_file] : checkpoint.names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw UsageError(
          fmt::format("The names of the checkpoint '{}' have '{}', which is no parameter of the "
                      "network.{} Its parameters are {}.",
                      checkpoint.path,
                      name,
                      did_you_mean(name, known),
                      join_words(known)));
    }
  }
}

void check_tensor(const Tensor& tensor,
                  const ParameterSpec& spec,
                  const std::string& name,
                  const std::string& path) {
  if (tensor.shape() != spec.shape) {
    throw EnvironmentError(fmt::format(
        "The checkpoint '{}' has the tensor '{}' in the shape {}, but '{}' of the network has {}. "
        "Store it in the network's layout: conv2d kernels (height, width, in, out), dense kernels "
        "(in, out).",
        path,
        name,
        to_string(tensor.shape()),
        spec.name,
        to_string(spec.shape)));
  }
  if (tensor.dtype() != DType::F32) {
    throw EnvironmentError(
        fmt::format("The checkpoint '{}' has the tensor '{}' as {}. Store it as F32.",
                    path,
                    name,
                    safetensors_name(tensor.dtype())));
  }
}

}  // namespace

TensorMap load_checkpoint(const Network& network, const Checkpoint& checkpoint) {
  const std::vector<ParameterSpec> specs = parameters(network);
  check_mapped_names(specs, checkpoint);
  const TensorMap tensors = read_safetensors(checkpoint.path).tensors;
  TensorMap weights;
  for (const ParameterSpec& spec : specs) {
    const auto mapped = checkpoint.names.find(spec.name);
    const std::string& name = mapped != checkpoint.names.end() ? mapped->second : spec.name;
    const auto found = tensors.find(name);
    if (found == tensors.end()) {
      throw EnvironmentError(fmt::format(
          "The checkpoint '{}' has no tensor '{}', which is needed for '{}' of the network.{} "
          "Add it to the file, or map '{}' to the name it has there.",
          checkpoint.path,
          name,
          spec.name,
          did_you_mean(name, names_in(tensors)),
          spec.name));
    }
    check_tensor(found->second, spec, name, checkpoint.path);
    weights.emplace(spec.name, found->second);
  }
  return weights;
}

}  // namespace plumbline
