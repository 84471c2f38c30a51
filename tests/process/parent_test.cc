// What becomes of the child when its parent is killed or interrupted, and what it can do without
// privilege.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <random>
#include <thread>

#include "base/error.h"
#include "process/child_fixture.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

// Two children, one of them out of its parent's session and deaf to SIGTERM.
constexpr const char* kStubbornTree =
    "import os, signal, time\n"
    "for _ in range(2):\n"
    "  if os.fork() == 0:\n"
    "    os.setsid()\n"
    "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "    if os.fork(): os._exit(0)\n"
    "    break\n"
    "open('ready%d' % os.getpid(), 'w').close()\n"
    "time.sleep(1000)\n";
constexpr std::size_t kStubbornTreeSize = 3;

class ParentIn : public testing::TestWithParam<const char*> {
 protected:
  ParentIn() {
    ::setenv("PLUMBLINE_ISOLATION", GetParam(), 1);
    fs::create_directory(fixture_.folder() / "scratch");
    write_file(fixture_.folder() / "scratch" / "tensor", "x");
  }
  ~ParentIn() override {
    ::unsetenv("PLUMBLINE_ISOLATION");
    if (helper_ > 0) {
      ::kill(helper_, SIGKILL);
      static_cast<void>(helper_status());
    }
  }

  void start_helper(const std::string& mode, const std::string& program) {
    std::vector<std::string> words{PLUMBLINE_BINARY_DIR "/bin/process_helper",
                                   mode,
                                   fixture_.folder(),
                                   "python3",
                                   "-c",
                                   program};
    std::vector<char*> arguments;
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const int output =
        ::open((fixture_.folder() / "report").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    helper_ = ::fork();
    if (helper_ == 0) {
      ::dup2(output, STDOUT_FILENO);
      ::putenv(mark_.data());
      if (::chdir(fixture_.folder().c_str()) == 0) {
        ::execv(arguments[0], arguments.data());
      }
      ::_exit(99);
    }
    ::close(output);
  }

  int helper_status() {
    int status = 0;
    ::waitpid(helper_, &status, 0);
    helper_ = -1;
    return status;
  }

  [[nodiscard]] std::string report() const { return read_file(fixture_.folder() / "report"); }

  [[nodiscard]] bool tree_stands() const {
    std::size_t ready = 0;
    for (const auto& entry : fs::directory_iterator(fixture_.folder())) {
      ready += entry.path().filename().string().starts_with("ready") ? 1U : 0U;
    }
    return ready == kStubbornTreeSize;
  }

  [[nodiscard]] bool everything_is_gone() const {
    return processes_with(fixture_.mark()).empty() && !fs::exists(fixture_.folder() / "scratch");
  }

  ChildFixture fixture_;
  std::string mark_ = fixture_.mark();
  pid_t helper_ = -1;
};

INSTANTIATE_TEST_SUITE_P(Isolation,
                         ParentIn,
                         testing::Values("", "none"),
                         [](const auto& isolation) {
                           return std::string(isolation.param).empty() ? "all" : isolation.param;
                         });

TEST_P(ParentIn, KilledTakesTheWholeTreeAndTheScratchFolderAlong) {
  start_helper("hold", kStubbornTree);
  ASSERT_TRUE(eventually([&] { return tree_stands(); }));
  EXPECT_TRUE(fs::exists(fixture_.folder() / "scratch"));
  ::kill(helper_, SIGKILL);
  static_cast<void>(helper_status());
  EXPECT_TRUE(eventually([&] { return everything_is_gone(); }));
}

TEST_P(ParentIn, KilledAtAnyMomentLeavesNoProcess) {
  std::mt19937 random(20260131);
  std::uniform_int_distribution<int> microseconds(0, 60000);
  for (int round = 0; round < 25; ++round) {
    start_helper("hold", kStubbornTree);
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
    ::kill(helper_, SIGKILL);
    static_cast<void>(helper_status());
    ASSERT_TRUE(eventually([&] { return processes_with(fixture_.mark()).empty(); })) << round;
  }
}

TEST_P(ParentIn, InterruptedOnceEndsTheTreeInOrder) {
  start_helper("run", kStubbornTree);
  ASSERT_TRUE(eventually([&] { return tree_stands(); }));
  ::kill(helper_, SIGINT);
  const int status = helper_status();
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(ExitCode::Interrupted));
  EXPECT_EQ(report(), "Interrupted.\n");
  EXPECT_THAT(processes_with(fixture_.mark()), IsEmpty());
}

TEST_P(ParentIn, InterruptedTwiceEndsAtOnceWithItsTree) {
  start_helper("hold", kStubbornTree);
  ASSERT_TRUE(eventually([&] { return tree_stands(); }));
  ::kill(helper_, SIGINT);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(::waitpid(helper_, nullptr, WNOHANG), 0);
  EXPECT_TRUE(fs::exists(fixture_.folder() / "scratch"));
  ::kill(helper_, SIGTERM);
  const int status = helper_status();
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(ExitCode::Interrupted));
  EXPECT_TRUE(eventually([&] { return everything_is_gone(); }));
}

TEST_P(ParentIn, NeedsNoPrivilege) {
  fs::permissions(fixture_.folder(), fs::perms::all);
  start_helper("unprivileged",
               "import os, time\n"
               "if os.fork() == 0: os.setsid(); time.sleep(1000)\n"
               "print(os.getuid(), os.getgid())\n");
  const int status = helper_status();
  if (report().find("Cannot start") != std::string::npos) {
    GTEST_SKIP() << "the build folder is closed to other users: " << report();
  }
  EXPECT_EQ(status, 0);
  EXPECT_THAT(report(), HasSubstr("exit_status=0 "));
  const std::string ids =
      ::getuid() == 0 ? "65534 65534\n"
                      : std::to_string(::getuid()) + " " + std::to_string(::getgid()) + "\n";
  EXPECT_EQ(fixture_.output(), ids) << fixture_.error();
  EXPECT_THAT(processes_with(fixture_.mark()), IsEmpty());
}

}  // namespace
}  // namespace plumbline
