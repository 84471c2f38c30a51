#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "data/known_sets.h"
#include "data/locate.h"

namespace plumbline {

// What a folder was found to have of a known set; FolderContent without the bytes.
struct SetCopy {
  FolderState state = FolderState::Absent;
  std::filesystem::path folder;       // empty when nothing was found anywhere
  std::vector<std::string> problems;  // sentences
};

// "verified", "damaged", "incomplete", "not found"
[[nodiscard]] std::string_view state_word(FolderState state);

// Every folder that has files of the set, in the order of the search, each read and verified.
[[nodiscard]] std::vector<SetCopy> copies_of(const KnownSet& set, const DataPlaces& places);

// The copy that a study would read; else the first that is there; else one that is Absent.
[[nodiscard]] SetCopy best_copy(const KnownSet& set, const DataPlaces& places);

}  // namespace plumbline
