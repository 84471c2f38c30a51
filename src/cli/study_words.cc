#include "cli/study_words.h"

#include "data/known_sets.h"
#include "stack/manifest.h"

namespace plumbline {

Vocabulary known_words() {
  Vocabulary known;
  for (const KnownSet& set : known_sets()) {
    known.data_sets.emplace_back(set.name);
  }
  for (const StackManifest& stack : shipped_stacks()) {
    known.stacks.push_back(stack.name);
  }
  return known;
}

std::filesystem::path results_file_of(const Study& study) {
  return study.name + ".results.sqlite";
}

}  // namespace plumbline
