#pragma once

#include <filesystem>
#include <string>

#include "base/hash.h"
#include "data/bytes.h"
#include "data/known_sets.h"

namespace plumbline {

// A set of five images that is registered nowhere, and its files.
struct SmallSet {
  std::array<std::string, 4> contents = {idx_of({3, 1, 2}, "abcdef"),
                                         idx_of({3}, bytes_of({0, 1, 1})),
                                         idx_of({2, 1, 2}, "ghij"),
                                         idx_of({2}, bytes_of({1, 0}))};
  KnownSet set = describe();

  KnownSet describe() const {
    KnownSet known;
    known.name = "small";
    known.class_names = {"none", "some"};
    known.train_images = 3;
    known.test_images = 2;
    const std::array<const char*, 4> names = {
        "train-images", "train-labels", "test-images", "test-labels"};
    for (std::size_t i = 0; i < names.size(); ++i) {
      known.files[i] = {names[i], contents[i].size(), sha256_hex(contents[i])};
    }
    return known;
  }

  void write(const std::filesystem::path& folder, bool compressed = false) const {
    for (std::size_t i = 0; i < contents.size(); ++i) {
      write_bytes(folder / (set.files[i].name + (compressed ? ".gz" : "")),
                  compressed ? gzip_of(contents[i]) : contents[i]);
    }
  }
};

}  // namespace plumbline
