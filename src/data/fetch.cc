#include "data/fetch.h"

#include <fmt/format.h>

#include <system_error>

#include "base/error.h"
#include "base/files.h"
#include "data/download.h"
#include "data/locate.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path, const KnownFile& file) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    return false;
  }
  try {
    (void)read_known_file(path, file);
    return true;
  } catch (const EnvironmentError&) {
    return false;  // a damaged file is what a fetch is to replace
  }
}

// From one mirror to a file of its own, verified.
void fetch_from(const std::string& mirror,
                const KnownFile& file,
                const fs::path& path,
                const FetchOptions& options) {
  DownloadOptions download_options;
  download_options.protocols = options.protocols;
  download_options.connect_seconds = options.connect_seconds;
  download_options.stall_seconds = options.stall_seconds;
  download_options.most_bytes = file.bytes + file.bytes / 8 + 4096;  // gzip never adds so much
  if (options.progress) {
    download_options.progress = [&](std::uint64_t done, std::uint64_t total) {
      return options.progress({file.name, done, total});
    };
  }
  const std::string address = mirror + file.name + ".gz";
  download(address, path, download_options);
  try {
    (void)read_known_file(path, file);
  } catch (const EnvironmentError& error) {
    throw EnvironmentError(
        fmt::format("{}: what came is not the right file: {}", address, error.what()));
  }
}

void put_in_place(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::permissions(from,
                  fs::perms::owner_write | fs::perms::owner_read | fs::perms::group_read |
                      fs::perms::others_read,
                  error);
  fs::rename(from, to, error);
  if (error) {
    throw EnvironmentError(
        fmt::format("'{}' cannot be written: {}.", to.string(), error.message()));
  }
}

void fetch_file(const KnownSet& set,
                const KnownFile& file,
                const fs::path& folder,
                const FetchOptions& options) {
  const fs::path target = folder / (file.name + ".gz");
  if (is_there(target, file) || is_there(folder / file.name, file)) {
    return;
  }
  std::string problems;
  for (const std::string& mirror : set.mirrors) {
    const TemporaryFolder scratch(folder,
                                  ".fetch-");  // beside the target, so that a rename suffices
    const fs::path path = scratch.path() / (file.name + ".gz");
    try {
      fetch_from(mirror, file, path, options);
    } catch (const EnvironmentError& error) {
      problems += std::string(" ") + error.what();
      continue;
    }
    put_in_place(path, target);
    return;
  }
  const std::string package =
      set.debian_package.empty()
          ? fmt::format("Get the file by other means and put it into '{}'.", folder.string())
          : fmt::format("On Debian, `apt-get install {}` gets the data set too.",
                        set.debian_package);
  throw EnvironmentError(fmt::format("{} of the data set '{}' could not be fetched.{} {}",
                                     file.name,
                                     set.name,
                                     problems,
                                     package));
}

}  // namespace

void fetch_known_set(const KnownSet& set, const fs::path& folder, const FetchOptions& options) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw EnvironmentError(
        fmt::format("The folder '{}' cannot be made: {}.", folder.string(), error.message()));
  }
  for (const KnownFile& file : set.files) {
    fetch_file(set, file, folder, options);
  }
}

}  // namespace plumbline
