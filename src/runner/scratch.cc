#include "runner/scratch.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <string>

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
  int pid = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), pid);
  return pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
}

bool is_own_folder(const fs::path& path) {
  struct stat info{};
  return lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid();
}

// Names are "plumbline-<pid>-XXXXXX".
void remove_leftovers(const fs::path& parent) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kPrefix) && is_own_folder(entry.path()) &&
        process_is_gone(name.substr(std::string(kPrefix).size()))) {
      fs::remove_all(entry.path(), ignored);
    }
  }
}

}  // namespace

TemporaryFolder make_scratch_folder(std::int64_t bytes_needed) {
  const fs::path shared_memory = "/dev/shm";
  const fs::path parent =
      holds(shared_memory, bytes_needed) ? shared_memory : fs::temp_directory_path();
  remove_leftovers(parent);
  return TemporaryFolder(parent, fmt::format("{}{}-", kPrefix, getpid()));
}

}  // namespace plumbline
