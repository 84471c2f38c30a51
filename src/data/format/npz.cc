#include "data/format/npz.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace plumbline {
namespace {

constexpr std::string_view kSuffix = ".npy";
constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD;
constexpr zip_int64_t kMostMembers = 10'000;

class MemberReader final : public ByteReader {
 public:
  MemberReader(zip_file_t* file, std::uint64_t size, std::string name)
      : ByteReader(std::move(name)), file_(file), size_(size) {}
  ~MemberReader() override { zip_fclose(file_); }

  std::size_t read(std::span<std::byte> bytes) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const zip_int64_t got = zip_fread(file_, bytes.data() + done, bytes.size() - done);
      if (got < 0) {
        throw EnvironmentError(fmt::format(
            "{} is damaged: {}.", name(), zip_error_strerror(zip_file_get_error(file_))));
      }
      if (got == 0) {
        break;
      }
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  std::uint64_t most_bytes() const override { return size_; }

 private:
  zip_file_t* file_;
  std::uint64_t size_;
};

}  // namespace

struct NpzArchive::Archive {
  std::filesystem::path path;
  zip_t* zip = nullptr;
};

NpzArchive::NpzArchive(const std::filesystem::path& path) : archive_(std::make_unique<Archive>()) {
  archive_->path = path;
  int code = 0;
  archive_->zip = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (archive_->zip == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    throw EnvironmentError(
        fmt::format("'{}' cannot be read as a .npz file: {}.", path.string(), reason));
  }
  if (zip_get_num_entries(archive_->zip, 0) > kMostMembers) {
    zip_discard(archive_->zip);
    throw EnvironmentError(
        fmt::format("'{}' has more than {} members.", path.string(), kMostMembers));
  }
}

NpzArchive::~NpzArchive() {
  zip_discard(archive_->zip);
}

std::vector<std::string> NpzArchive::array_names() const {
  std::vector<std::string> names;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive_->zip, 0); ++i) {
    const char* raw = zip_get_name(archive_->zip, static_cast<zip_uint64_t>(i), 0);
    std::string_view member = raw == nullptr ? "" : raw;
    if (member.ends_with(kSuffix)) {
      member.remove_suffix(kSuffix.size());
      names.emplace_back(member);
    }
  }
  return names;
}

std::unique_ptr<ByteReader> NpzArchive::open_array(const std::string& array) const {
  const std::string name = fmt::format("'{}', {}", archive_->path.string(), array);
  const zip_int64_t index =
      zip_name_locate(archive_->zip, (array + std::string(kSuffix)).c_str(), 0);
  if (index < 0) {
    const std::vector<std::string> names = array_names();
    throw EnvironmentError(fmt::format(
        "'{}' has no array '{}'; it has {}. It must have x_train, y_train, x_test and y_test.",
        archive_->path.string(),
        array,
        names.empty() ? "none" : join_words(names)));
  }
  zip_stat_t status;
  zip_stat_init(&status);
  const auto position = static_cast<zip_uint64_t>(index);
  zip_file_t* file = nullptr;
  if (zip_stat_index(archive_->zip, position, 0, &status) == 0 &&
      (status.valid & kNeeded) == kNeeded) {
    if (status.comp_method != ZIP_CM_STORE && status.comp_method != ZIP_CM_DEFLATE) {
      throw EnvironmentError(
          fmt::format("{} is compressed in a way that numpy does not write.", name));
    }
    file = zip_fopen_index(archive_->zip, position, 0);
  }
  if (file == nullptr) {
    throw EnvironmentError(
        fmt::format("{} cannot be read: {}.", name, zip_strerror(archive_->zip)));
  }
  const std::uint64_t most = std::filesystem::file_size(archive_->path) * kDeflateMostRatio;
  return std::make_unique<MemberReader>(file, std::min<std::uint64_t>(status.size, most), name);
}

}  // namespace plumbline
