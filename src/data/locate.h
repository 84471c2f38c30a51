#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/known_sets.h"

namespace plumbline {

// The uncompressed bytes of a known file, whose length and SHA-256 were checked. Throws
// EnvironmentError.
[[nodiscard]] std::vector<std::byte> read_known_file(const std::filesystem::path& path,
                                                     const KnownFile& file);

enum class FolderState {
  Absent,      // none of the set's files is there
  OtherSet,    // files of these names are there, but they are another known set's
  Incomplete,  // some are there, and nothing is wrong with them
  Damaged,     // a file is there that cannot be read or has the wrong content
  Verified,
};

struct FolderContent {
  FolderState state = FolderState::Absent;
  std::filesystem::path folder;
  std::vector<std::string> problems;           // sentences
  std::array<std::filesystem::path, 4> files;  // set when Verified, as are the contents
  std::array<std::vector<std::byte>, 4> contents;
};

// Reads and verifies what a folder has of a set.
[[nodiscard]] FolderContent inspect_folder(const KnownSet& set,
                                           const std::filesystem::path& folder);

// The folders in which a set of that name is looked for, in order, each once. Throws UsageError
// when --data-dir is no folder.
[[nodiscard]] std::vector<std::filesystem::path> folders_to_search(const std::string& name,
                                                                   const DataPlaces& places);
// Where `plumbline data fetch` puts a set when no --data-dir is given: below the user's cache.
[[nodiscard]] std::filesystem::path cache_folder_of(const std::string& name);

struct SetSearch {
  std::optional<FolderContent> found;  // the first folder that has the whole set
  std::vector<std::string> problems;   // of the folders before it
};
[[nodiscard]] SetSearch search_set(const KnownSet& set,
                                   std::span<const std::filesystem::path> folders);

// Searches and makes the data set; EnvironmentError when it is nowhere.
[[nodiscard]] Dataset load_known_set(const KnownSet& set,
                                     std::span<const std::filesystem::path> folders);

}  // namespace plumbline
