#pragma once

#include <filesystem>

#include "study/study.h"

namespace plumbline {

// What the verbs that take a study file share: the names that it may use, and where its results are
// kept.
[[nodiscard]] Vocabulary known_words();
[[nodiscard]] std::filesystem::path results_file_of(const Study& study);

}  // namespace plumbline
