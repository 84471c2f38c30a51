#include "data/inventory.h"

#include <optional>

namespace plumbline {
namespace {

bool is_of_the_set(FolderState state) {
  return state != FolderState::Absent && state != FolderState::OtherSet;
}

}  // namespace

std::string_view state_word(FolderState state) {
  switch (state) {
    case FolderState::Verified:
      return "verified";
    case FolderState::Damaged:
      return "damaged";
    case FolderState::Incomplete:
      return "incomplete";
    case FolderState::Absent:
    case FolderState::OtherSet:
      break;
  }
  return "not found";
}

std::vector<SetCopy> copies_of(const KnownSet& set, const DataPlaces& places) {
  std::vector<SetCopy> copies;
  for (const std::filesystem::path& folder : folders_to_search(set.name, places)) {
    FolderContent content = inspect_folder(set, folder);
    if (is_of_the_set(content.state)) {
      copies.push_back({content.state, content.folder, std::move(content.problems)});
    }
  }
  return copies;
}

SetCopy best_copy(const KnownSet& set, const DataPlaces& places) {
  std::optional<SetCopy> first;
  for (const std::filesystem::path& folder : folders_to_search(set.name, places)) {
    FolderContent content = inspect_folder(set, folder);
    if (!is_of_the_set(content.state)) {
      continue;
    }
    SetCopy copy{content.state, content.folder, std::move(content.problems)};
    if (copy.state == FolderState::Verified) {
      return copy;
    }
    if (!first) {
      first = std::move(copy);
    }
  }
  return first.value_or(SetCopy{});
}

}  // namespace plumbline
