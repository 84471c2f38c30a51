#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace plumbline {

// An IDX file of a known set, told by its uncompressed content; on disk it may be gzip-compressed,
// with ".gz" after its name.
struct KnownFile {
  std::string name;
  std::uint64_t bytes = 0;
  std::string sha256;
};

struct KnownSet {
  std::string name;
  std::vector<std::string> class_names;
  std::int64_t train_images = 0;
  std::int64_t test_images = 0;
  std::array<KnownFile, 4> files;    // train images, train labels, test images, test labels
  std::vector<std::string> mirrors;  // addresses that "<file name>.gz" is put after
  std::string debian_package;        // empty: none

  [[nodiscard]] std::int64_t classes() const {
    return static_cast<std::int64_t>(class_names.size());
  }
};

[[nodiscard]] std::span<const KnownSet> known_sets();
// Throws UsageError that names the known sets, and the nearest.
[[nodiscard]] const KnownSet& known_set(const std::string& name);
// "Get it with `apt-get install dataset-fashion-mnist` or ..., or name its folder with --data-dir
// or PLUMBLINE_DATA_PATH."
[[nodiscard]] std::string how_to_get(const KnownSet& set);

}  // namespace plumbline
