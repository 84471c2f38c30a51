#include "base/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace plumbline {
namespace {

namespace fs = std::filesystem;

const char* advice(int error_number) {
  switch (error_number) {
    case ENOENT:
      return "Check the path; something on it does not exist.";
    case ENOSPC:
    case EDQUOT:
      return "Free some space there, or choose a folder on another file system.";
    case EROFS:
      return "Choose a folder on a file system that can be written to.";
    case EACCES:
    case EPERM:
      return "Check the permissions of the file and of the folders above it, or choose another "
             "place.";
    case EISDIR:
      return "Name a file; this is a folder.";
    case ENOTDIR:
      return "Check the path; something on it is a file where a folder should be.";
    case ENAMETOOLONG:
      return "Choose a shorter path.";
    case ELOOP:
      return "Check the symbolic links on the path; they lead in a circle.";
    case EMFILE:
    case ENFILE:
      return "Close other programs, or raise the limit of open files with 'ulimit -n'.";
    case EFBIG:
      return "Raise the limit of file sizes with 'ulimit -f', or choose another file system.";
    case EIO:
      return "The disk may be failing; look at the system's log.";
    default:
      return "Check the path and the file system it is on.";
  }
}

// Owns a descriptor.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }
  // Returns 0 or an errno value; some file systems tell only here that the disk is full.
  int close() {
    if (number_ < 0) {
      return 0;
    }
    const int status = ::close(number_);
    number_ = -1;
    return status == 0 ? 0 : errno;
  }

 private:
  int number_;
};

// Reads until the end or until `bytes` is full, or throws.
std::size_t read_fully(int descriptor, std::span<std::byte> bytes, const fs::path& path) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::read(descriptor, bytes.data() + done, bytes.size() - done);
    if (count == 0) {
      break;
    }
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      throw file_error("read", path, errno);
    }
  }
  return done;
}

// Returns 0 or an errno value.
int write_fully(int descriptor, std::span<const std::string_view> pieces) {
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      const ssize_t count = ::write(descriptor, piece.data(), piece.size());
      if (count >= 0) {
        piece.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno != EINTR) {
        return errno;
      }
    }
  }
  return 0;
}

int open_new_file_in(const fs::path& folder, fs::path& path) {
  static std::atomic<unsigned> counter{0};
  while (true) {
    path = folder / fmt::format(".plumbline-{}-{}.tmp", ::getpid(), counter++);
    const int number = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (number >= 0 || errno != EEXIST) {
      return number;
    }
  }
}

// Makes a rename last. File systems that cannot sync a folder keep renames in order anyway.
void sync_folder(const fs::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.number() >= 0) {
    ::fsync(descriptor.number());
  }
}

void write_in_place(const fs::path& path, std::span<const std::string_view> pieces) {
  Descriptor descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (descriptor.number() < 0) {
    throw file_error("write", path, errno);
  }
  int problem = write_fully(descriptor.number(), pieces);
  if (problem == 0) {
    problem = descriptor.close();
  }
  if (problem != 0) {
    throw file_error("write", path, problem);
  }
}

// Returns 0 or an errno value; leaves no file open.
int fill(int number,
         std::span<const std::string_view> pieces,
         Durability durability,
         const struct stat* old) {
  Descriptor descriptor(number);
  int problem = write_fully(number, pieces);
  if (problem == 0 && old != nullptr && ::fchmod(number, old->st_mode & 07777) != 0) {
    problem = errno;
  }
  if (problem == 0 && durability == Durability::Synced && ::fsync(number) != 0) {
    problem = errno;
  }
  const int closing = descriptor.close();
  return problem != 0 ? problem : closing;
}

}  // namespace

EnvironmentError file_error(std::string_view action, const fs::path& path, int error_number) {
  return EnvironmentError(fmt::format("Cannot {} '{}': {}. {}",
                                      action,
                                      path.string(),
                                      std::generic_category().message(error_number),
                                      advice(error_number)));
}

InputFile::InputFile(fs::path path)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) {
    throw file_error("read", path_, errno);
  }
}

InputFile::~InputFile() {
  ::close(descriptor_);
}

std::uint64_t InputFile::size() const {
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0) {
    throw file_error("read", path_, errno);
  }
  return S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
}

std::size_t InputFile::read(std::span<std::byte> bytes) {
  return read_fully(descriptor_, bytes, path_);
}

void InputFile::read_at(std::uint64_t offset, std::span<std::byte> bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::pread(
        descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (count == 0) {
      throw EnvironmentError(
          fmt::format("Cannot read '{}': it ends before byte {}. It may be in the making or have "
                      "been cut off; make it again.",
                      path_.string(),
                      offset + bytes.size()));
    } else if (errno != EINTR) {
      throw file_error("read", path_, errno);
    }
  }
}

std::string read_file(const fs::path& path, std::size_t max_bytes) {
  constexpr std::size_t kFirstRead = std::size_t{1} << 16;
  InputFile file(path);
  std::string text;
  // One byte more than stated shows the end at once; files of /proc state 0.
  std::uint64_t wanted = std::max<std::uint64_t>(file.size() + 1, kFirstRead);
  while (true) {
    const std::size_t before = text.size();
    const std::size_t after =
        std::min<std::uint64_t>(before + wanted, std::uint64_t{max_bytes} + 1);
    text.resize(after);
    const std::size_t count = file.read(std::as_writable_bytes(std::span(text).subspan(before)));
    text.resize(before + count);
    if (text.size() > max_bytes) {
      throw EnvironmentError(
          fmt::format("Cannot read '{}': it is larger than {} bytes, the most that is taken here. "
                      "Check that it is the file you mean.",
                      path.string(),
                      max_bytes));
    }
    if (before + count < after) {
      return text;
    }
    wanted = text.size();
  }
}

void write_file(const fs::path& path, std::string_view text) {
  write_file(path, std::span(&text, 1), Durability::Synced);
}

void write_file(const fs::path& path,
                std::span<const std::string_view> pieces,
                Durability durability) {
  struct stat old{};
  const bool exists = ::stat(path.c_str(), &old) == 0;
  if (exists && S_ISDIR(old.st_mode)) {
    throw file_error("write", path, EISDIR);
  }
  if (exists && !S_ISREG(old.st_mode)) {
    write_in_place(path, pieces);
    return;
  }
  std::error_code ignored;
  const fs::path target =
      exists && fs::is_symlink(path, ignored) ? fs::canonical(path, ignored) : path;
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  fs::path temporary;
  const int number = open_new_file_in(folder, temporary);
  if (number < 0) {
    throw file_error("write", path, errno);
  }
  int problem = fill(number, pieces, durability, exists ? &old : nullptr);
  if (problem == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) {
    problem = errno;
  }
  if (problem != 0) {
    ::unlink(temporary.c_str());
    throw file_error("write", path, problem);
  }
  if (durability == Durability::Synced) {
    sync_folder(folder);
  }
}

}  // namespace plumbline
