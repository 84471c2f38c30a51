#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "study/network.h"
#include "study/recipe.h"

namespace plumbline {

// One data set that a study names: a known set, or files of the user's own.
struct DataSource {
  std::string name;  // "mnist", or the name shown for own data
  std::optional<std::filesystem::path>
      path;                  // own data: a file or a folder, resolved against the study's folder
  std::string label_column;  // CSV only; empty: the first column
};

enum class Device { Cpu, Cuda };

// One stack as a study uses it: its own recipe (overrides applied), its device.
struct StackChoice {
  std::string name;  // "pytorch", or the folder's name for a stack of the user's own
  std::optional<std::filesystem::path> folder;  // only for a stack of the user's own
  Device device = Device::Cpu;
  Recipe recipe;
};

// A parsed study file. A plain value; nothing in it depends on the machine but the resolved paths.
struct Study {
  std::string name;  // the file's stem
  std::filesystem::path file;
  std::string text;  // as it was read
  std::string question;
  std::vector<DataSource> data;      // at least one; names differ
  std::vector<std::uint64_t> seeds;  // at least one, all different, below 2^32
  std::vector<StackChoice> stacks;   // at least one; names differ
  Network network;
  std::optional<int> threads;  // absent: all cores this process may use
  double trial_timeout_seconds = 3600;
  std::optional<std::int64_t> memory_limit_bytes;
};

// The names that exist where a study is read. An empty list says that they are not known here, and
// any name will do.
struct Vocabulary {
  std::vector<std::string> data_sets;
  std::vector<std::string> stacks;
};

// Reads and checks a study file (docs/study_file.md). Throws UsageError whose message has file,
// line and column, the line with a caret, what was expected and, for a misspelt word, the nearest
// right one; EnvironmentError if it cannot be read.
[[nodiscard]] Study read_study(const std::filesystem::path& file, const Vocabulary& known = {});
// The same from text; `file` gives the name in messages and the folder that paths are resolved
// against.
[[nodiscard]] Study parse_study(const std::string& text,
                                const std::filesystem::path& file,
                                const Vocabulary& known = {});

// A place in a study file: keys from the top down, a list's elements by their number from 0.
using StudyPath = std::vector<std::string>;

// For a mistake that shows only beside the data or the machine: throws UsageError as read_study
// does, at the first of the places that the file has.
[[noreturn]] void fail_at(const Study& study,
                          const std::vector<StudyPath>& places,
                          const std::string& sentence);

}  // namespace plumbline
