#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "study/study.h"
#include "tensor/tensor.h"

namespace plumbline {

// A data set in memory, as every worker gets it. Immutable after loading.
struct Split {
  Tensor images;  // (n, height, width, channels) or (n, features); U8 or F32
  Tensor labels;  // (n), I64, 0 .. classes-1
};
struct Dataset {
  std::string name;
  Split train;
  Split test;
  std::int64_t classes = 0;
  std::string digest;  // SHA-256 over the decoded content of both splits (dtype, shape, bytes): the
                       // data's identity
  std::vector<std::filesystem::path> files;  // where it was read from
  std::vector<std::string> warnings;  // sentences: damaged copies that were passed over on the way
};

// Where known sets are looked for, in order: the study's folder, --data-dir, $PLUMBLINE_DATA_PATH,
// the Debian package's place, the user's cache. In each, `<place>/<set's name>/` and `<place>`
// itself. Nothing is downloaded here.
struct DataPlaces {
  std::filesystem::path study_folder;  // empty: none
  std::filesystem::path data_dir;      // empty: none
};

// Finds, verifies (SHA-256 of the uncompressed files of a known set) and reads. EnvironmentError
// says what is missing or damaged, where it was looked for, and the command that gets it;
// UsageError, that a name is not known. Own data: IDX, NPY, NPZ, CSV; see docs/data.md.
[[nodiscard]] Dataset load_dataset(const DataSource& source, const DataPlaces& places);

// The first `count` images of a split, which has at least that many.
[[nodiscard]] Split first_images(const Split& split, std::int64_t count);

// The same data with only the first `count` training images, and the digest that belongs to it.
// Throws UsageError when there are fewer, or when count < 1.
[[nodiscard]] Dataset take_first(Dataset dataset, std::int64_t count);

// The same data with images of the shape that a network takes: features become images, and images
// features, where the number of elements is the same (the digest follows). Throws UsageError where
// they do not fit.
[[nodiscard]] Dataset shaped_for(Dataset dataset, const Shape& input);

// The digest of Dataset::digest: SHA-256 over, for train/images, train/labels, test/images and
// test/labels in this order, the line "<name> <dtype> <shape>\n" ("train/images U8 (60000, 28, 28,
// 1)\n") and the bytes, little-endian and row-major.
[[nodiscard]] std::string content_digest(const Split& train, const Split& test);

// The safetensors file of the protocol's `load_data`: tensors "images" and "labels".
void write_split(const std::filesystem::path& path, const Split& split);

}  // namespace plumbline
