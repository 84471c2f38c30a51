#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace plumbline {

// Files as whole texts. All throw EnvironmentError with the path, the system's reason and what to
// do.
[[nodiscard]] std::string read_file(const std::filesystem::path& path,
                                    std::size_t max_bytes = std::size_t{1} << 31);

// Synced: on the disk when the call returns. Unsynced: for scratch files that need not outlive a
// loss of power.
enum class Durability { Synced, Unsynced };
// Written beside the target and renamed over it, so that a reader sees the old text or the new one,
// never half. A link is followed, an old file's permissions stay, and a device or a pipe is written
// to as it is. The second form joins the pieces.
void write_file(const std::filesystem::path& path, std::string_view text);
void write_file(const std::filesystem::path& path,
                std::span<const std::string_view> pieces,
                Durability durability);

// An open file that is read in parts.
class InputFile {
 public:
  explicit InputFile(std::filesystem::path path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  // As the system states it; 0 for a pipe and for files of /proc.
  [[nodiscard]] std::uint64_t size() const;
  // The next bytes; fewer than asked for only at the end.
  [[nodiscard]] std::size_t read(std::span<std::byte> bytes);
  // All the bytes from `offset` on; it is an error if the file ends before them.
  void read_at(std::uint64_t offset, std::span<std::byte> bytes) const;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

// "Cannot <action> '<path>': <the system's reason>. <What to do.>", for an errno value.
[[nodiscard]] EnvironmentError file_error(std::string_view action,
                                          const std::filesystem::path& path,
                                          int error_number);

// A folder of our own that is removed with all its content on destruction.
class TemporaryFolder {
 public:
  // Makes `<parent>/<prefix>XXXXXX`, mode 0700.
  TemporaryFolder(const std::filesystem::path& parent, std::string_view prefix);
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// $XDG_CACHE_HOME/plumbline, else ~/.cache/plumbline. Not created here.
[[nodiscard]] std::filesystem::path user_cache_folder();

// The folder that holds `stacks/` and `studies/`: $PLUMBLINE_HOME if set, else found upwards from
// the running executable.
[[nodiscard]] std::filesystem::path installation_folder();

}  // namespace plumbline
