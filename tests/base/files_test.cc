#include "base/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <functional>
#include <iterator>

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const EnvironmentError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

auto entries_in(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

class Files : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_{fs::temp_directory_path(), "plumbline-files-"};
};

TEST_F(Files, TextComesBackAsItWasWritten) {
  const std::string text("a\0b\r\n\xff", 6);
  write_file(folder() / "x", text);
  EXPECT_EQ(read_file(folder() / "x"), text);
  write_file(folder() / "x", "");
  EXPECT_EQ(read_file(folder() / "x"), "");
  EXPECT_EQ(entries_in(folder()), 1);
}

TEST_F(Files, LargeFilesComeBackWhole) {
  for (const std::size_t size : {65535U, 65536U, 65537U, 1000003U}) {
    std::string text(size, 'x');
    text.back() = 'y';
    write_file(folder() / "x", text);
    EXPECT_EQ(read_file(folder() / "x"), text) << size;
  }
}

TEST_F(Files, PiecesAreJoined) {
  const std::array<std::string_view, 3> pieces = {"one ", "", "two"};
  write_file(folder() / "x", pieces, Durability::Unsynced);
  EXPECT_EQ(read_file(folder() / "x"), "one two");
}

TEST_F(Files, FileThatStatesNoSizeIsReadToItsEnd) {
  EXPECT_THAT(read_file("/proc/self/status"), HasSubstr("Name:"));
}

TEST_F(Files, NoMoreThanTheLimitIsTaken) {
  write_file(folder() / "x", "12345");
  EXPECT_EQ(read_file(folder() / "x", 5), "12345");
  EXPECT_THAT(message_of([&] { (void)read_file(folder() / "x", 4); }),
              AllOf(HasSubstr("x'"), HasSubstr("larger than 4 bytes")));
  EXPECT_THAT(message_of([] { (void)read_file("/dev/zero", 100000); }),
              HasSubstr("larger than 100000"));
}

TEST_F(Files, ReadingWhatIsMissingSaysPathReasonAndAdvice) {
  const fs::path path = folder() / "none";
  const std::string expected =
      "Cannot read '" + path.string() +
      "': No such file or directory. Check the path; something on it does not exist.";
  EXPECT_EQ(message_of([&] { (void)read_file(path); }), expected);
}

TEST_F(Files, FolderIsNeitherReadNorReplaced) {
  EXPECT_THAT(message_of([&] { (void)read_file(folder()); }), HasSubstr("this is a folder"));
  EXPECT_THAT(message_of([&] { write_file(folder(), "x"); }), HasSubstr("this is a folder"));
}

TEST_F(Files, FullDiskSaysToFreeSpace) {
  EXPECT_EQ(message_of([] { write_file("/dev/full", "x"); }),
            "Cannot write '/dev/full': No space left on device. "
            "Free some space there, or choose a folder on another file system.");
}

TEST_F(Files, EveryLikelyReasonHasItsAdvice) {
  const struct {
    int error_number;
    const char* advice;
  } cases[] = {{EROFS, "can be written to"},
               {EACCES, "permissions"},
               {EDQUOT, "Free some space"},
               {ENOTDIR, "a file where a folder"},
               {ENAMETOOLONG, "shorter"},
               {EMFILE, "ulimit -n"},
               {EFBIG, "ulimit -f"},
               {ELOOP, "symbolic links"},
               {EIO, "may be failing"},
               {EINVAL, "file system it is on"}};
  for (const auto& [error_number, advice] : cases) {
    EXPECT_THAT(file_error("write", "/a/b", error_number).what(),
                AllOf(HasSubstr("'/a/b'"), HasSubstr(advice)));
  }
}

// Root may write everywhere, so it becomes nobody for the while.
TEST_F(Files, FolderWithoutWritePermissionIsSaid) {
  constexpr uid_t kNobody = 65534;
  const uid_t user = ::geteuid();
  fs::permissions(folder(), fs::perms::owner_read | fs::perms::owner_exec);
  if (user == 0) {
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const std::string message = message_of([&] { write_file(folder() / "x", "y"); });
  ASSERT_EQ(::seteuid(user), 0);
  EXPECT_THAT(message, AllOf(HasSubstr("Permission denied"), HasSubstr("Check the permissions")));
}

// Fails in the middle of a write, as a full disk would, with the limit of file sizes.
TEST_F(Files, FailedWriteLeavesTheOldTextAndNothingElse) {
  write_file(folder() / "x", "old");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{4096, before.rlim_max};
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message =
      message_of([&] { write_file(folder() / "x", std::string(10000, 'n')); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(message, AllOf(HasSubstr("x'"), HasSubstr("File too large")));
  EXPECT_EQ(read_file(folder() / "x"), "old");
  EXPECT_EQ(entries_in(folder()), 1);
}

TEST_F(Files, WritingKeepsLinksAndPermissions) {
  write_file(folder() / "real", "old");
  fs::permissions(folder() / "real", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("real", folder() / "link");
  write_file(folder() / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder() / "link"));
  EXPECT_EQ(read_file(folder() / "real"), "new");
  EXPECT_EQ(fs::status(folder() / "real").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Files, NewFilesObeyTheUmask) {
  const mode_t before = ::umask(0027);
  write_file(folder() / "x", "y");
  ::umask(before);
  EXPECT_EQ(fs::status(folder() / "x").permissions(),
            fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
}

TEST_F(Files, PartsAreReadWhereTheyStand) {
  write_file(folder() / "x", "0123456789");
  InputFile file(folder() / "x");
  EXPECT_EQ(file.size(), 10U);
  std::array<std::byte, 4> part{};
  file.read_at(5, part);
  EXPECT_EQ(std::to_integer<char>(part[0]), '5');
  EXPECT_EQ(file.read(part), 4U);
  EXPECT_EQ(file.read(part), 4U);
  EXPECT_EQ(file.read(part), 2U);
  EXPECT_THAT(message_of([&] { file.read_at(7, part); }), HasSubstr("ends before byte 11"));
}

}  // namespace
}  // namespace plumbline
