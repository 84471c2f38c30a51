#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace plumbline {

// What an observed step or prediction saw.
struct Observation {
  TensorMap tensors;   // by the names of docs/protocol.md, in the canonical layouts
  std::string method;  // how the values were come by, a clause
  // Regions that could be seen at their ends only: the nodes of each, from the first to the last.
  std::vector<std::vector<std::string>> fused;
  // For the canonical word of each slot what the framework holds, and what was made of it.
  std::map<std::string, std::string> slots;

  // Adds the tensors by their names behind the prefix, but none that is there already.
  void add(const std::string& prefix, const TensorMap& added);
  // The tensor `loss`, F32 or F64. Throws Error when there is none.
  [[nodiscard]] double loss() const;
  // What an answer says of it.
  [[nodiscard]] nlohmann::json told() const;
};

// As a tensor: (), I64.
[[nodiscard]] Tensor count_of(std::int64_t steps);
// The labels of a batch, (B), I64.
[[nodiscard]] Tensor labels_at(const std::vector<std::int64_t>& labels,
                               const std::vector<std::int64_t>& indices);

}  // namespace plumbline
