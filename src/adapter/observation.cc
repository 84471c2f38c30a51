#include "adapter/observation.h"

#include "base/error.h"

namespace plumbline {

void Observation::add(const std::string& prefix, const TensorMap& added) {
  for (const auto& [name, tensor] : added) {
    tensors.emplace(prefix + name, tensor);
  }
}

double Observation::loss() const {
  const auto found = tensors.find("loss");
  if (found == tensors.end() || found->second.size() != 1) {
    throw Error("The observer gave no tensor 'loss' of one element.");
  }
  return found->second.dtype() == DType::F64
             ? found->second.as<double>().front()
             : static_cast<double>(found->second.as<float>().front());
}

nlohmann::json Observation::told() const {
  return {{"method", method}, {"fused", fused}, {"slots", slots}};
}

Tensor count_of(std::int64_t steps) {
  Tensor count(DType::I64, {});
  count.as<std::int64_t>().front() = steps;
  return count;
}

Tensor labels_at(const std::vector<std::int64_t>& labels,
                 const std::vector<std::int64_t>& indices) {
  Tensor chosen(DType::I64, {std::ssize(indices)});
  for (std::size_t i = 0; i < indices.size(); ++i) {
    chosen.as<std::int64_t>()[i] = labels[static_cast<std::size_t>(indices[i])];
  }
  return chosen;
}

}  // namespace plumbline
