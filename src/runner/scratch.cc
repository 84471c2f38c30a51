#include "runner/scratch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "base/error.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

constexpr const char* kPrefix = "plumbline-";

bool holds(const fs::path& folder, std::int64_t bytes) {
  struct statvfs info{};
  if (statvfs(folder.c_str(), &info) != 0 || access(folder.c_str(), W_OK) != 0) {
    return false;
  }
  const bool executable = (info.f_flag & ST_NOEXEC) == 0;
  return executable && static_cast<std::int64_t>(info.f_bavail * info.f_frsize) >= bytes;
}

bool process_is_gone(const std::string& digits) {
  const int pid = std::atoi(digits.c_str());
  return pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
}

bool is_own_folder(const fs::path& path) {
  struct stat info{};
  return lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid();
}

// The folder, locked against other runs; not open where it is locked already, or gone.
Descriptor lock_folder(const fs::path& folder) {
  Descriptor lock(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock.is_open() && flock(lock.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    lock.close();
  }
  return lock;
}

// Names are "plumbline-<pid>-XXXXXX".
void remove_leftovers(const fs::path& parent) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kPrefix) && is_own_folder(entry.path()) &&
        process_is_gone(name.substr(std::string(kPrefix).size()))) {
      const Descriptor lock = lock_folder(entry.path());
      if (lock.is_open()) {
        fs::remove_all(entry.path(), ignored);
      }
    }
  }
}

fs::path place_for(std::int64_t bytes_needed) {
  const fs::path shared_memory = "/dev/shm";
  const fs::path place =
      holds(shared_memory, bytes_needed) ? shared_memory : fs::temp_directory_path();
  remove_leftovers(place);
  return place;
}

}  // namespace

ScratchFolder::ScratchFolder(std::int64_t bytes_needed)
    : folder_(place_for(bytes_needed), fmt::format("{}{}-", kPrefix, getpid())),
      lock_(lock_folder(folder_.path())) {
  std::error_code gone;
  if (!lock_.is_open() || !fs::exists(folder_.path(), gone)) {
    throw EnvironmentError(
        fmt::format("Another run took the new folder {} for a leftover. Run the command again.",
                    folder_.path().string()));
  }
}

}  // namespace plumbline
