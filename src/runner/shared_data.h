#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "data/dataset.h"

namespace plumbline {

// The data files of a run in its scratch folder, written once and read by every worker.
class SharedData {
 public:
  explicit SharedData(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // The first `images` training images.
  [[nodiscard]] std::filesystem::path train_file(const Dataset& data, std::int64_t images);
  [[nodiscard]] std::filesystem::path test_file(const Dataset& data);

 private:
  std::filesystem::path folder_;
};

// What all splits of the data sets take in memory, with room for the workers' tensors.
[[nodiscard]] std::int64_t shared_bytes(const std::vector<Dataset>& data);

}  // namespace plumbline
