#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/files.h"
#include "native_worker/worker_process.h"
#include "tensor/tensor.h"

namespace plumbline::testing {

// A small trial that can be learnt in a few steps: in each image of 6 by 6 the quadrant that is its
// class is bright.
class Trial {
 public:
  Trial();
  [[nodiscard]] std::string path(const std::string& name) const;

  [[nodiscard]] static nlohmann::json network();
  // Every number left out but the learning rate.
  [[nodiscard]] static nlohmann::json recipe();
  [[nodiscard]] nlohmann::json load_data() const;
  [[nodiscard]] static nlohmann::json build(const std::string& mode = "as-shipped", int seed = 1);
  // All requests up to `build`.
  void prepare(WorkerProcess& worker, const nlohmann::json& build_request = build()) const;
  [[nodiscard]] TensorMap state_of(WorkerProcess& worker) const;
  // Of the test images, the share that the worker's outputs get right.
  [[nodiscard]] double accuracy_of(WorkerProcess& worker) const;
  // A controlled step on some images, with alternating masks.
  [[nodiscard]] nlohmann::json step(const std::vector<std::int64_t>& indices) const;

 private:
  TemporaryFolder folder_;
  std::vector<std::int64_t> test_labels_;
};

}  // namespace plumbline::testing
