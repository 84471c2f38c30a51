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
    const ScratchFolder folder(1000);
    path = folder.path();
    EXPECT_TRUE(fs::is_directory(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(Scratch, GoesToTheDiskWhenSharedMemoryIsTooSmall) {
  const ScratchFolder folder(INT64_MAX);
  EXPECT_EQ(folder.path().parent_path(), fs::temp_directory_path());
}

pid_t ended_process() {
  const pid_t process = fork();
  if (process == 0) {
    _exit(0);
  }
  waitpid(process, nullptr, 0);
  return process;
}

TEST(Scratch, OfAKilledRunIsRemovedByTheNext) {
  const pid_t gone = ended_process();
  const ScratchFolder first(1000);
  const fs::path leftover =
      first.path().parent_path() / ("plumbline-" + std::to_string(gone) + "-abcdef");
  const fs::path ours =
      first.path().parent_path() / ("plumbline-" + std::to_string(getpid()) + "-abcdef");
  fs::create_directory(leftover);
  fs::create_directory(ours);
  const ScratchFolder second(1000);
  EXPECT_FALSE(fs::exists(leftover));
  EXPECT_TRUE(fs::exists(ours)) << "a living run keeps its folder";
  fs::remove(ours);
}

// In another PID namespace, a container's for one, nobody has the id of a living run.
TEST(Scratch, OfALivingRunWhoseProcessIdMeansNothingHereIsKept) {
  const ScratchFolder living(1000);
  const fs::path seen_from_outside =
      living.path().parent_path() / ("plumbline-" + std::to_string(ended_process()) + "-abcdef");
  fs::rename(living.path(), seen_from_outside);
  const ScratchFolder another(1000);
  EXPECT_TRUE(fs::exists(seen_from_outside));
  fs::remove_all(seen_from_outside);
}

}  // namespace
}  // namespace plumbline
