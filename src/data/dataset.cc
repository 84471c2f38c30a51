#include "data/dataset.h"

#include <fmt/format.h>

#include <cstring>
#include <string_view>

#include "base/error.h"
#include "base/hash.h"
#include "data/known_sets.h"
#include "data/locate.h"
#include "data/own_data.h"
#include "tensor/safetensors.h"

namespace plumbline {
namespace {

void add_tensor(Sha256& sha, std::string_view name, const Tensor& tensor) {
  sha.update(
      fmt::format("{} {} {}\n", name, safetensors_name(tensor.dtype()), to_string(tensor.shape())));
  sha.update(tensor.bytes());
}

Tensor first_rows(const Tensor& tensor, std::int64_t count) {
  Shape shape = tensor.shape();
  shape[0] = count;
  Tensor rows(tensor.dtype(), shape);
  std::memcpy(rows.bytes().data(), tensor.bytes().data(), rows.bytes().size());
  return rows;
}

Tensor reshaped(const Tensor& images, const Shape& input) {
  Shape shape = {images.shape()[0]};
  shape.insert(shape.end(), input.begin(), input.end());
  Tensor result(images.dtype(), shape);
  std::memcpy(result.bytes().data(), images.bytes().data(), images.bytes().size());
  return result;
}

}  // namespace

Dataset load_dataset(const DataSource& source, const DataPlaces& places) {
  if (source.path) {
    return load_own_data(source);
  }
  const KnownSet& set = known_set(source.name);
  return load_known_set(set, folders_to_search(set.name, places));
}

Split first_images(const Split& split, std::int64_t count) {
  return {first_rows(split.images, count), first_rows(split.labels, count)};
}

Dataset take_first(Dataset dataset, std::int64_t count) {
  const std::int64_t there = dataset.train.labels.shape()[0];
  if (count < 1 || count > there) {
    throw UsageError(
        fmt::format("The study asks for {} training images, but the data set '{}' has {}.",
                    count,
                    dataset.name,
                    there));
  }
  if (count == there) {
    return dataset;
  }
  dataset.train = first_images(dataset.train, count);
  dataset.digest = content_digest(dataset.train, dataset.test);
  return dataset;
}

Dataset shaped_for(Dataset dataset, const Shape& input) {
  const Shape& shape = dataset.train.images.shape();
  const Shape image(shape.begin() + 1, shape.end());
  if (image == input) {
    return dataset;
  }
  const bool is_reshape = (image.size() == 1) != (input.size() == 1);
  if (!is_reshape || element_count(image) != element_count(input)) {
    throw UsageError(
        fmt::format("The network takes {}, but the images of the data set '{}' are {}.",
                    to_string(input),
                    dataset.name,
                    to_string(image)));
  }
  dataset.train.images = reshaped(dataset.train.images, input);
  dataset.test.images = reshaped(dataset.test.images, input);
  dataset.digest = content_digest(dataset.train, dataset.test);
  return dataset;
}

std::string content_digest(const Split& train, const Split& test) {
  Sha256 sha;
  add_tensor(sha, "train/images", train.images);
  add_tensor(sha, "train/labels", train.labels);
  add_tensor(sha, "test/images", test.images);
  add_tensor(sha, "test/labels", test.labels);
  return sha.hex_digest();
}

void write_split(const std::filesystem::path& path, const Split& split) {
  write_safetensors(path, {{"images", split.images}, {"labels", split.labels}});
}

}  // namespace plumbline
