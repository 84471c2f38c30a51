#include "process/child.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "base/clock.h"
#include "base/error.h"
#include "process/child_fixture.h"
#include "process/descriptor.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr double kLong = 60;

// Every behaviour must hold with all namespaces that the system allows, and with fewer.
class ChildIn : public testing::TestWithParam<const char*> {
 protected:
  ChildIn() { ::setenv("PLUMBLINE_ISOLATION", GetParam(), 1); }
  ~ChildIn() override { ::unsetenv("PLUMBLINE_ISOLATION"); }

  ExitReport run(const ChildOptions& options) { return run_to_end(options, kLong); }

  ChildFixture fixture_;
};

INSTANTIATE_TEST_SUITE_P(Isolation,
                         ChildIn,
                         testing::Values("", "network", "none"),
                         [](const auto& isolation) {
                           const std::string name = isolation.param;
                           return name.empty() ? "all" : name;
                         });

TEST_P(ChildIn, ReportsExitStatusAndKeepsBothLogs) {
  const ExitReport report = run(fixture_.options({"sh", "-c", "echo out; echo err >&2; exit 3"}));
  EXPECT_TRUE(report.started);
  EXPECT_EQ(report.exit_status, 3);
  EXPECT_FALSE(report.signal);
  EXPECT_EQ(report.reason, "It ended with exit status 3.");
  EXPECT_EQ(fixture_.output(), "out\n");
  EXPECT_EQ(fixture_.error(), "err\n");
  EXPECT_FALSE(report.left_processes);
}

TEST_P(ChildIn, ReportsTheSignalThatKilledIt) {
  const ExitReport report = run(fixture_.options({"sh", "-c", "kill -SEGV $$"}));
  EXPECT_FALSE(report.exit_status);
  EXPECT_EQ(report.signal, SIGSEGV);
  EXPECT_EQ(report.reason, "It was killed by signal 11 (Segmentation fault).");
}

TEST_P(ChildIn, SaysNothingOfAGoodEnd) {
  const ExitReport report = run(fixture_.options({"true"}));
  EXPECT_EQ(report.exit_status, 0);
  EXPECT_EQ(report.reason, "");
}

TEST_P(ChildIn, ReportsACommandThatCannotBeExecuted) {
  const ExitReport missing = run(fixture_.options({"no-such-command"}));
  EXPECT_FALSE(missing.started);
  EXPECT_EQ(missing.reason,
            "The command 'no-such-command' could not be executed: No such file or directory.");
  const ExitReport folder = run(fixture_.options({"/usr/bin"}));
  EXPECT_FALSE(folder.started);
  EXPECT_THAT(folder.reason, HasSubstr("Permission denied"));
  ChildOptions nowhere = fixture_.options({"true"});
  nowhere.working_folder = "/no/such/folder";
  EXPECT_THAT(run(nowhere).reason, HasSubstr("in the folder '/no/such/folder'"));
}

TEST_P(ChildIn, HasExactlyTheEnvironmentGiven) {
  ::setenv("PLUMBLINE_TEST_SECRET", "not for children", 1);
  ChildOptions options = fixture_.options({"env"});
  options.environment = {{"PATH", "/usr/bin:/bin"}, {"A", "1"}, {"B", "two = 2"}};
  options.with_channel = false;
  const ExitReport report = run(options);
  ::unsetenv("PLUMBLINE_TEST_SECRET");
  EXPECT_EQ(report.exit_status, 0);
  EXPECT_EQ(fixture_.output(), "A=1\nB=two = 2\nPATH=/usr/bin:/bin\n");
}

TEST_P(ChildIn, HasExactlyItsOwnDescriptors) {
  const Descriptor inheritable(::dup(STDERR_FILENO));  // not close-on-exec
  const std::string list =
      "import os; print(*sorted(int(fd) for fd in os.listdir('/proc/self/fd')))";
  static_cast<void>(run(fixture_.python(list)));
  EXPECT_EQ(fixture_.output(), "0 1 2 3 4 5\n");  // 5 is the listing's own
  ChildOptions without = fixture_.python(list);
  without.with_channel = false;
  static_cast<void>(run(without));
  EXPECT_EQ(fixture_.output(), "0 1 2 3\n");
}

TEST_P(ChildIn, HasASessionOfItsOwnAndNoStandardInput) {
  const ExitReport report =
      run(fixture_.python("import os, signal, sys\n"
                          "assert os.getsid(0) == os.getpid() == os.getpgid(0)\n"
                          "assert sys.stdin.read() == ''\n"
                          "assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()\n"
                          "assert os.readlink('/proc/self') == str(os.getpid())\n"));
  EXPECT_EQ(report.exit_status, 0) << fixture_.error();
}

TEST_P(ChildIn, TalksOverTheChannel) {
  Child child(
      fixture_.python("import os\n"
                      "text = os.read(int(os.environ['PLUMBLINE_REQUEST_FD']), 100)\n"
                      "os.write(int(os.environ['PLUMBLINE_RESPONSE_FD']), text[::-1])\n"));
  ASSERT_EQ(::write(child.request_fd(), "abc", 3), 3);
  std::array<char, 100> room{};
  ASSERT_EQ(::read(child.response_fd(), room.data(), room.size()), 3);
  EXPECT_STREQ(room.data(), "cba");
  EXPECT_EQ(::read(child.response_fd(), room.data(), room.size()), 0);
  EXPECT_EQ(child.wait().exit_status, 0);
}

TEST_P(ChildIn, KeepsStartAndEndOfAGigabyteOfOutput) {
  const ExitReport report =
      run(fixture_.python("import sys\n"
                          "block = b'x' * (1 << 20)\n"
                          "sys.stdout.buffer.write(b'first')\n"
                          "for _ in range(1000): sys.stdout.buffer.write(block)\n"
                          "sys.stdout.buffer.write(b'last')\n"));
  EXPECT_EQ(report.exit_status, 0);
  const std::string kept = fixture_.output();
  EXPECT_LE(kept.size(), std::size_t{1} << 20);
  EXPECT_GT(kept.size(), std::size_t{1000} << 10);
  EXPECT_TRUE(kept.starts_with("first"));
  EXPECT_TRUE(kept.ends_with("last"));
  EXPECT_GT(report.dropped_log_bytes, std::int64_t{998} << 20);
}

TEST_P(ChildIn, IsKilledOverItsMemoryLimit) {
  ChildOptions options = fixture_.python(
      "held = []\n"
      "while True: held.append(bytearray(b'x') * (8 << 20))\n");
  options.memory_limit_bytes = std::int64_t{200} << 20;
  const ExitReport report = run(options);
  EXPECT_TRUE(report.over_memory_limit);
  EXPECT_GT(report.use.peak_resident_bytes, *options.memory_limit_bytes);
  EXPECT_THAT(report.reason, HasSubstr("over the limit of 209.7 MB"));
}

TEST_P(ChildIn, IsNotKilledForMemoryThatItsProcessesShare) {
  ChildOptions options = fixture_.python(
      "import os, time\n"
      "held = b'x' * (100 << 20)\n"
      "for _ in range(3):\n"
      "  if os.fork() == 0: time.sleep(0.6); os._exit(0)\n"
      "for _ in range(3): os.wait()\n");
  options.memory_limit_bytes = std::int64_t{200} << 20;
  const ExitReport report = run(options);
  EXPECT_FALSE(report.over_memory_limit);
  EXPECT_EQ(report.exit_status, 0);
  EXPECT_GT(report.use.peak_resident_bytes, *options.memory_limit_bytes);
}

TEST_P(ChildIn, CountsTheProcessorTimeOfItsWholeTree) {
  // The grandchild has no parent to wait for it and is killed at the end.
  const ExitReport report = run(
      fixture_.python("import os, time\n"
                      "def burn(seconds):\n"
                      "  while time.process_time() < seconds: pass\n"
                      "done, started = os.pipe()\n"
                      "if os.fork() == 0:\n"
                      "  os.setsid()\n"
                      "  if os.fork() == 0: burn(0.4); os.write(started, b'x'); time.sleep(1000)\n"
                      "  os._exit(0)\n"
                      "burn(0.3)\n"
                      "os.read(done, 1)\n"));
  EXPECT_EQ(report.exit_status, 0);
  EXPECT_TRUE(report.left_processes);
  EXPECT_GE(report.use.user_seconds + report.use.system_seconds, 0.7);
}

TEST_P(ChildIn, LeavesNoProcessBehind) {
  const ExitReport report =
      run(fixture_.python("import os, signal, time\n"
                          "ready, readied = os.pipe()\n"
                          "for _ in range(5):\n"
                          "  if os.fork() == 0:\n"
                          "    os.setsid()\n"
                          "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                          "    if os.fork(): os._exit(0)\n"
                          "    os.write(readied, b'x')\n"
                          "    time.sleep(1000)\n"
                          "for _ in range(5): os.read(ready, 1)\n"));
  EXPECT_EQ(report.exit_status, 0);
  EXPECT_TRUE(report.left_processes);
  EXPECT_THAT(processes_with(fixture_.mark()), testing::IsEmpty());
}

TEST_P(ChildIn, GivesHelpersAMomentToFollow) {
  const ExitReport report = run(fixture_.options({"sh", "-c", "sleep 0.05 & exit 0"}));
  EXPECT_FALSE(report.left_processes);
}

TEST_P(ChildIn, IsEndedByItsDestructor) {
  {
    const Child child(fixture_.options({"sh", "-c", "sleep 1000 & sleep 1000"}));
    ASSERT_TRUE(eventually([&] { return processes_with(fixture_.mark()).size() == 3; }));
  }
  EXPECT_THAT(processes_with(fixture_.mark()), testing::IsEmpty());
}

TEST_P(ChildIn, EndsWhenKilled) {
  Child child(fixture_.options({"sleep", "1000"}));
  child.kill();
  const ExitReport report = child.wait();
  EXPECT_EQ(report.signal, SIGKILL);
  EXPECT_EQ(report.reason, "It was ended before it was done.");
  EXPECT_FALSE(report.left_processes);
}

TEST_P(ChildIn, ShowsItsEndOnADescriptor) {
  Child child(fixture_.options({"cat", "/dev/fd/3"}));
  pollfd ended{child.exit_fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 0), 0);
  Child moved(std::move(child));
  moved.kill();
  EXPECT_EQ(::poll(&ended, 1, 60000), 1);
  static_cast<void>(moved.wait());
}

TEST_P(ChildIn, HasLoopbackButNoOtherNetworkWhereIsolated) {
  const std::string program =
      "import socket\n"
      "server = socket.create_server(('127.0.0.1', 0))\n"
      "client = socket.create_connection(server.getsockname())\n"
      "print(socket.if_nameindex())\n";
  const ExitReport report = run(fixture_.python(program));
  EXPECT_EQ(report.exit_status, 0) << fixture_.error();
  EXPECT_EQ(report.network_isolated, fixture_.output() == "[(1, 'lo')]\n");
  EXPECT_FALSE(report.network_isolated && std::string(GetParam()) == "none");
  ChildOptions allowed = fixture_.python(program);
  allowed.allow_network = true;
  EXPECT_FALSE(run(allowed).network_isolated);
}

TEST_P(ChildIn, IsKilledAtItsDeadline) {
  const double started_at = monotonic_seconds();
  const ExitReport report = run_to_end(fixture_.options({"sleep", "1000"}), 0.3);
  EXPECT_EQ(report.signal, SIGKILL);
  EXPECT_THAT(report.reason, HasSubstr("It was not done within 300 ms"));
  EXPECT_LT(monotonic_seconds() - started_at, kLong);
}

TEST_P(ChildIn, LeaksNoDescriptorsHere) {
  const auto open_descriptors = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = open_descriptors();
  for (int i = 0; i < 3; ++i) {
    static_cast<void>(run(fixture_.options({"true"})));
    const Child child(fixture_.options({"sleep", "1000"}));
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST_P(ChildIn, SurvivesTheDeathOfItsGuardOnlyForAMoment) {
  ::setenv(
      "PLUMBLINE_TEST_GUARD_MARK", fixture_.mark().c_str(), 1);  // inherited by the guard alone
  Child child(fixture_.options({"sh", "-c", "setsid sleep 1000 & sleep 1000"}));
  ::unsetenv("PLUMBLINE_TEST_GUARD_MARK");
  const std::string guard_mark = "PLUMBLINE_TEST_GUARD_MARK=" + fixture_.mark();
  ASSERT_TRUE(eventually([&] { return processes_with(fixture_.mark()).size() == 5; }));
  const std::vector<pid_t> guards = processes_with(guard_mark);
  ASSERT_EQ(guards.size(), 2U);
  ::kill(guards.front(), SIGKILL);
  static_cast<void>(child.wait());
  EXPECT_TRUE(eventually([&] { return processes_with(fixture_.mark()).empty(); }));
}

TEST(Child, CannotBeStartedWithoutItsGuard) {
  const ChildFixture fixture;
  ::setenv("PLUMBLINE_GUARD", "/no/such/guard", 1);
  try {
    const Child child(fixture.options({"true"}));
    FAIL();
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("Cannot start '/no/such/guard': No such file"));
  }
  ::setenv("PLUMBLINE_GUARD", "/bin/false", 1);
  try {
    Child child(fixture.options({"true"}));
    EXPECT_THAT(child.wait().reason, HasSubstr("plumbline-guard"));
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'/bin/false' ended as soon as it was started"));
  }
}

TEST(Child, NeedsLogsThatCanBeWritten) {
  const ChildFixture fixture;
  ChildOptions options = fixture.options({"true"});
  options.standard_error = "/no/such/folder/error";
  EXPECT_THROW(const Child child(options), EnvironmentError);
}

}  // namespace
}  // namespace plumbline
