#include "runner/shared_data.h"

#include <fmt/format.h>

namespace plumbline {

namespace fs = std::filesystem;

fs::path SharedData::train_file(const Dataset& data, std::int64_t images) {
  const fs::path file =
      folder_ / fmt::format("{}-{}-train.safetensors", data.digest.substr(0, 16), images);
  if (!fs::exists(file)) {
    write_split(file,
                images == data.train.labels.size() ? data.train : take_first(data, images).train);
  }
  return file;
}

fs::path SharedData::test_file(const Dataset& data) {
  const fs::path file = folder_ / fmt::format("{}-test.safetensors", data.digest.substr(0, 16));
  if (!fs::exists(file)) {
    write_split(file, data.test);
  }
  return file;
}

std::int64_t shared_bytes(const std::vector<Dataset>& data) {
  constexpr std::int64_t kRoomForTensors = std::int64_t{512} << 20;
  std::int64_t bytes = kRoomForTensors;
  for (const Dataset& set : data) {
    bytes +=
        static_cast<std::int64_t>(set.train.images.bytes().size() + set.test.images.bytes().size());
  }
  return bytes;
}

}  // namespace plumbline
