#include "data/locate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/text.h"
#include "data/assemble.h"
#include "data/format/byte_reader.h"
#include "data/format/idx.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDebianPlace =
    "/usr/share/datasets";  // where Debian's dataset-* packages put their files

std::string hex_digest_of(std::span<const std::byte> bytes) {
  Sha256 sha;
  sha.update(bytes);
  return sha.hex_digest();
}

bool belongs_to_another_set(const KnownSet& set, std::span<const std::byte> content) {
  const std::string digest = hex_digest_of(content);
  for (const KnownSet& other : known_sets()) {
    const bool has_it = std::any_of(other.files.begin(),
                                    other.files.end(),
                                    [&](const KnownFile& file) { return file.sha256 == digest; });
    if (other.name != set.name && has_it) {
      return true;
    }
  }
  return false;
}

// The file as it is, then its compressed form.
std::vector<fs::path> present_forms(const fs::path& folder, const KnownFile& file) {
  std::vector<fs::path> present;
  for (const char* suffix : {"", ".gz"}) {
    fs::path path = folder / (file.name + suffix);
    std::error_code ignored;
    if (fs::exists(path, ignored)) {
      present.push_back(std::move(path));
    }
  }
  return present;
}

std::vector<std::byte> read_with_length(const fs::path& path, const KnownFile& file) {
  const auto reader = open_bytes(path);
  std::vector<std::byte> content = read_all(*reader, file.bytes);
  if (content.size() != file.bytes) {
    throw EnvironmentError(fmt::format("{} is damaged: it has {} bytes uncompressed instead of {}.",
                                       reader->name(),
                                       content.size(),
                                       file.bytes));
  }
  return content;
}

EnvironmentError wrong_content(const fs::path& path, const KnownFile& file) {
  return EnvironmentError(
      fmt::format("'{}' is damaged: the SHA-256 of its uncompressed content is not that of {}.",
                  path.string(),
                  file.name));
}

// One file of the set in one folder: its first form that verifies, else the problems of all.
void inspect_file(const KnownSet& set,
                  std::size_t position,
                  const std::vector<fs::path>& forms,
                  FolderContent& folder) {
  std::vector<std::string> problems;
  const KnownFile& file = set.files[position];
  for (const fs::path& path : forms) {
    try {
      std::vector<std::byte> content = read_with_length(path, file);
      if (hex_digest_of(content) == file.sha256) {
        folder.files[position] = path;
        folder.contents[position] = std::move(content);
        return;
      }
      if (belongs_to_another_set(set, content)) {
        folder.state = FolderState::OtherSet;
        return;
      }
      throw wrong_content(path, file);
    } catch (const EnvironmentError& error) {
      problems.emplace_back(error.what());
    }
  }
  folder.state = FolderState::Damaged;
  folder.problems.insert(folder.problems.end(), problems.begin(), problems.end());
}

std::vector<fs::path> places_in_order(const DataPlaces& places) {
  std::vector<fs::path> folders;
  if (!places.study_folder.empty()) {
    folders.push_back(places.study_folder);
  }
  if (!places.data_dir.empty()) {
    std::error_code ignored;
    if (!fs::is_directory(places.data_dir, ignored)) {
      throw UsageError(
          fmt::format("--data-dir names '{}', which is not a folder.", places.data_dir.string()));
    }
    folders.push_back(places.data_dir);
  }
  const char* variable = std::getenv("PLUMBLINE_DATA_PATH");
  std::istringstream listed(variable == nullptr ? "" : variable);
  for (std::string folder; std::getline(listed, folder, ':');) {
    if (!folder.empty()) {
      folders.emplace_back(folder);
    }
  }
  folders.emplace_back(kDebianPlace);
  folders.push_back(user_cache_folder() / "data");
  return folders;
}

[[noreturn]] void throw_not_found(const KnownSet& set,
                                  const std::vector<std::string>& problems,
                                  std::span<const fs::path> folders) {
  std::vector<std::string> looked_in;
  for (const fs::path& folder : folders) {
    looked_in.push_back("'" + folder.string() + "'");
  }
  std::string message = fmt::format(
      "No {} copy of the data set '{}' was found. ", problems.empty() ? "" : "good", set.name);
  if (problems.empty()) {
    message = fmt::format("The data set '{}' was not found. ", set.name);
  }
  for (const std::string& problem : problems) {
    message += problem + " ";
  }
  throw EnvironmentError(
      fmt::format("{}Looked in {}. {}", message, join_words(looked_in), how_to_get(set)));
}

}  // namespace

std::vector<std::byte> read_known_file(const fs::path& path, const KnownFile& file) {
  std::vector<std::byte> content = read_with_length(path, file);
  if (hex_digest_of(content) != file.sha256) {
    throw wrong_content(path, file);
  }
  return content;
}

FolderContent inspect_folder(const KnownSet& set, const fs::path& folder) {
  FolderContent content;
  content.folder = folder;
  content.state = FolderState::Verified;
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < set.files.size() && content.state != FolderState::OtherSet; ++i) {
    const std::vector<fs::path> forms = present_forms(folder, set.files[i]);
    if (forms.empty()) {
      missing.push_back(set.files[i].name);
    } else {
      inspect_file(set, i, forms, content);
    }
  }
  if (missing.size() == set.files.size()) {
    content.state = FolderState::Absent;
  } else if (!missing.empty() && content.state != FolderState::OtherSet) {
    content.state =
        content.state == FolderState::Damaged ? FolderState::Damaged : FolderState::Incomplete;
    content.problems.push_back(fmt::format(
        "'{}' lacks {} of the data set '{}'.", folder.string(), join_words(missing), set.name));
  }
  return content;
}

fs::path cache_folder_of(const std::string& name) {
  return user_cache_folder() / "data" / name;
}

std::vector<fs::path> folders_to_search(const std::string& name, const DataPlaces& places) {
  std::vector<fs::path> folders;
  for (const fs::path& place : places_in_order(places)) {
    for (const fs::path& folder : {place / name, place}) {
      const fs::path normal = fs::absolute(folder).lexically_normal();
      if (std::find(folders.begin(), folders.end(), normal) == folders.end()) {
        folders.push_back(normal);
      }
    }
  }
  return folders;
}

SetSearch search_set(const KnownSet& set, std::span<const fs::path> folders) {
  SetSearch search;
  for (const fs::path& folder : folders) {
    FolderContent content = inspect_folder(set, folder);
    if (content.state == FolderState::Verified) {
      search.found = std::move(content);
      return search;
    }
    search.problems.insert(search.problems.end(), content.problems.begin(), content.problems.end());
  }
  return search;
}

Dataset load_known_set(const KnownSet& set, std::span<const fs::path> folders) {
  const SetSearch search = search_set(set, folders);
  if (!search.found) {
    throw_not_found(set, search.problems, folders);
  }
  const auto array = [&search](std::size_t position) {
    MemoryReader reader(search.found->contents[position],
                        "'" + search.found->files[position].string() + "'");
    return read_idx(reader);
  };
  const auto& files = search.found->files;
  Dataset dataset = assemble_dataset(set.name,
                                     {array(0), array(1)},
                                     {array(2), array(3)},
                                     set.classes(),
                                     {files.begin(), files.end()});
  dataset.warnings = search.problems;
  return dataset;
}

}  // namespace plumbline
