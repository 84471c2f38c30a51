#include "data/format/byte_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace plumbline {
namespace {

constexpr std::size_t kStep = std::size_t{1} << 22;  // how a stream of unknown length grows
constexpr std::size_t kMostAtOnce = std::size_t{1}
                                    << 28;  // gzread takes an unsigned int and returns an int

class FileReader final : public ByteReader {
 public:
  explicit FileReader(const std::filesystem::path& path)
      : ByteReader("'" + path.string() + "'"),
        descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    struct stat status = {};
    if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) {
      fail_to_open(std::strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
      fail_to_open("it is not a file");
    }
    std::array<unsigned char, 2> magic = {};
    const bool gzipped = pread(descriptor_, magic.data(), magic.size(), 0) == 2 &&
                         magic[0] == 0x1f && magic[1] == 0x8b;
    most_bytes_ = static_cast<std::uint64_t>(status.st_size) * (gzipped ? kDeflateMostRatio : 1);
    file_ = gzdopen(descriptor_, "rb");
    if (file_ == nullptr) {
      fail_to_open("there is not enough memory");
    }
    gzbuffer(file_, 1U << 17U);
  }

  ~FileReader() override { gzclose_r(file_); }

  std::size_t read(std::span<std::byte> bytes) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto wanted = static_cast<unsigned>(std::min(bytes.size() - done, kMostAtOnce));
      const int got = gzread(file_, bytes.data() + done, wanted);
      if (got < 0) {
        fail_to_read();
      }
      if (got == 0) {
        require_whole_stream();
        break;
      }
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  std::uint64_t most_bytes() const override { return most_bytes_; }

 private:
  [[noreturn]] void fail_to_open(const char* reason) {
    if (descriptor_ >= 0) {
      close(descriptor_);
    }
    throw EnvironmentError(fmt::format("{} cannot be read: {}.", name(), reason));
  }

  [[noreturn]] void fail_to_read() {
    int code = 0;
    const char* reason = gzerror(file_, &code);
    if (code == Z_ERRNO) {
      throw EnvironmentError(fmt::format("{} cannot be read: {}.", name(), std::strerror(errno)));
    }
    throw EnvironmentError(
        fmt::format("{} is damaged: its gzip data cannot be decompressed ({}).", name(), reason));
  }

  // zlib hands out what it has of a stream that was cut off, and tells only here.
  void require_whole_stream() {
    int code = 0;
    gzerror(file_, &code);
    if (code != Z_OK) {
      throw EnvironmentError(fmt::format("{} is damaged: its gzip data ends too early.", name()));
    }
  }

  int descriptor_;  // owned by file_ once that is open
  gzFile file_ = nullptr;
  std::uint64_t most_bytes_ = 0;
};

}  // namespace

std::size_t MemoryReader::read(std::span<std::byte> bytes) {
  const std::size_t count = std::min(bytes.size(), rest_.size());
  std::copy_n(rest_.begin(), count, bytes.begin());
  rest_ = rest_.subspan(count);
  return count;
}

std::unique_ptr<ByteReader> open_bytes(const std::filesystem::path& path) {
  return std::make_unique<FileReader>(path);
}

void read_exactly(ByteReader& reader, std::span<std::byte> bytes, const char* what) {
  const std::size_t got = reader.read(bytes);
  if (got != bytes.size()) {
    throw EnvironmentError(fmt::format("{} is damaged: it ends within {}, {} bytes too early.",
                                       reader.name(),
                                       what,
                                       bytes.size() - got));
  }
}

std::vector<std::byte> read_all(ByteReader& reader, std::uint64_t limit) {
  std::vector<std::byte> all;
  for (;;) {
    const std::size_t before = all.size();
    const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(kStep, limit - before + 1));
    all.resize(before + room);
    const std::size_t got = reader.read(std::span(all).subspan(before));
    all.resize(before + got);
    if (all.size() > limit) {
      throw EnvironmentError(fmt::format("{} is longer than {} bytes.", reader.name(), limit));
    }
    if (got < room) {
      return all;
    }
  }
}

void require_end(ByteReader& reader) {
  std::array<std::byte, 1> more = {};
  if (reader.read(more) != 0) {
    throw EnvironmentError(
        fmt::format("{} is damaged: it goes on after its last element.", reader.name()));
  }
}

}  // namespace plumbline
