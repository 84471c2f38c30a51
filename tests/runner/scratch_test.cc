#include "runner/scratch.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace plumbline {
namespace {

namespace fs = std::filesystem;

TEST(Scratch, IsRemovedAtTheEnd) {
  fs::path path;
  {
    const TemporaryFolder folder = make_scratch_folder(1000);
    path = folder.path();
    EXPECT_TRUE(fs::is_directory(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(Scratch, GoesToTheDiskWhenSharedMemoryIsTooSmall) {
  const TemporaryFolder folder = make_scratch_folder(INT64_MAX);
  EXPECT_EQ(folder.path().parent_path(), fs::temp_directory_path());
}

TEST(Scratch, OfAKilledRunIsRemovedByTheNext) {
  const pid_t gone = fork();
  if (gone == 0) {
    _exit(0);
  }
  waitpid(gone, nullptr, 0);
  const TemporaryFolder first = make_scratch_folder(1000);
  const fs::path leftover =
      first.path().parent_path() / ("plumbline-" + std::to_string(gone) + "-abcdef");
  const fs::path ours =
      first.path().parent_path() / ("plumbline-" + std::to_string(getpid()) + "-abcdef");
  fs::create_directory(leftover);
  fs::create_directory(ours);
  const TemporaryFolder second = make_scratch_folder(1000);
  EXPECT_FALSE(fs::exists(leftover));
  EXPECT_TRUE(fs::exists(ours)) << "a living run keeps its folder";
  fs::remove(ours);
}

}  // namespace
}  // namespace plumbline
