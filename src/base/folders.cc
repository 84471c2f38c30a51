#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "base/files.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> path_from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') {
    return std::nullopt;
  }
  return fs::path(value);
}

fs::path home_folder() {
  if (const auto home = path_from_environment("HOME")) {
    return *home;
  }
  const passwd* entry = ::getpwuid(::getuid());
  if (entry == nullptr || entry->pw_dir == nullptr || *entry->pw_dir == '\0') {
    throw EnvironmentError(
        "Cannot find your home folder. Set HOME, or set XDG_CACHE_HOME to the folder that is to "
        "hold caches.");
  }
  return entry->pw_dir;
}

bool holds_installation(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "stacks", ignored) &&
         fs::is_directory(folder / "studies", ignored);
}

// A folder that its owner may not write to cannot be emptied; what ran in it may have left such
// folders.
void make_removable(const fs::path& root) {
  std::error_code ignored;
  fs::permissions(root, fs::perms::owner_all, fs::perm_options::add, ignored);
  fs::recursive_directory_iterator entry(root, ignored);
  while (!ignored && entry != fs::recursive_directory_iterator()) {
    if (entry->symlink_status(ignored).type() == fs::file_type::directory) {
      fs::permissions(entry->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
    }
    entry.increment(ignored);
  }
}

}  // namespace

TemporaryFolder::TemporaryFolder(const fs::path& parent, std::string_view prefix) {
  std::string name = (parent / fmt::format("{}XXXXXX", prefix)).string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw file_error("make a temporary folder in", parent, errno);
  }
  path_ = name;
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) {
  other.path_.clear();
}

TemporaryFolder::~TemporaryFolder() {
  if (path_.empty()) {
    return;
  }
  std::error_code problem;
  fs::remove_all(path_, problem);
  if (problem) {
    make_removable(path_);
    fs::remove_all(path_, problem);
  }
}

fs::path user_cache_folder() {
  // A relative path there is to be ignored, says the XDG base directory specification.
  if (const auto cache = path_from_environment("XDG_CACHE_HOME"); cache && cache->is_absolute()) {
    return *cache / "plumbline";
  }
  return home_folder() / ".cache" / "plumbline";
}

fs::path installation_folder() {
  if (const auto home = path_from_environment("PLUMBLINE_HOME")) {
    if (!holds_installation(*home)) {
      throw EnvironmentError(fmt::format(
          "PLUMBLINE_HOME is '{}', which does not hold the folders 'stacks' and 'studies'. "
          "Set it to the folder that does, or unset it.",
          home->string()));
    }
    return fs::absolute(*home);
  }
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem);
  for (fs::path folder = program.parent_path(); !problem; folder = folder.parent_path()) {
    if (holds_installation(folder)) {
      return folder;
    }
    if (folder == folder.parent_path()) {
      break;
    }
  }
  throw EnvironmentError(
      fmt::format("Cannot find Plumbline's folders 'stacks' and 'studies' above the program '{}'. "
                  "Set PLUMBLINE_HOME to the folder that holds them.",
                  program.string()));
}

}  // namespace plumbline
