#include "data/assemble.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace plumbline {
namespace {

Split split_from(const NumericSplit& arrays) {
  Split split;
  split.labels = labels_from(arrays.labels);
  split.images = images_from(arrays.images);
  if (split.images.shape()[0] != split.labels.shape()[0]) {
    throw EnvironmentError(fmt::format("{} has {} images, but {} has {} labels.",
                                       arrays.images.name,
                                       split.images.shape()[0],
                                       arrays.labels.name,
                                       split.labels.shape()[0]));
  }
  return split;
}

std::int64_t largest_label(const Split& split) {
  const auto labels = split.labels.as<std::int64_t>();
  return *std::max_element(labels.begin(), labels.end());
}

Shape one_image(const Tensor& images) {
  return {images.shape().begin() + 1, images.shape().end()};
}

void check_splits_match(const Dataset& dataset,
                        const NumericSplit& train,
                        const NumericSplit& test) {
  const Tensor& a = dataset.train.images;
  const Tensor& b = dataset.test.images;
  if (one_image(a) != one_image(b)) {
    throw EnvironmentError(
        fmt::format("Training and test images have different shapes: {} in {}, {} in {}.",
                    to_string(one_image(a)),
                    train.images.name,
                    to_string(one_image(b)),
                    test.images.name));
  }
  if (a.dtype() != b.dtype()) {
    throw EnvironmentError(
        fmt::format("Training and test images have different types: {} in {}, {} in {}.",
                    element_name(train.images.type),
                    train.images.name,
                    element_name(test.images.type),
                    test.images.name));
  }
}

std::int64_t class_count(const Dataset& dataset, std::optional<std::int64_t> known) {
  const std::int64_t seen = std::max(largest_label(dataset.train), largest_label(dataset.test)) + 1;
  if (known && seen > *known) {
    throw EnvironmentError(fmt::format(
        "The data set '{}' has {} classes, but a label is {}.", dataset.name, *known, seen - 1));
  }
  if (seen < 2) {
    throw EnvironmentError(
        fmt::format("All labels of '{}' are 0; at least two classes are needed.", dataset.name));
  }
  return known.value_or(seen);
}

}  // namespace

Dataset assemble_dataset(const std::string& name,
                         const NumericSplit& train,
                         const NumericSplit& test,
                         std::optional<std::int64_t> classes,
                         std::vector<std::filesystem::path> files) {
  Dataset dataset;
  dataset.name = name;
  dataset.train = split_from(train);
  dataset.test = split_from(test);
  check_splits_match(dataset, train, test);
  dataset.classes = class_count(dataset, classes);
  dataset.digest = content_digest(dataset.train, dataset.test);
  dataset.files = std::move(files);
  return dataset;
}

}  // namespace plumbline
