// What a session makes of workers that misbehave; tests/bad_workers has them.

#include "worker/session.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "process/child_fixture.h"
#include "process/descriptor.h"

namespace plumbline {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr double kLong = 60;

json training() {
  return {{"steps", 3}, {"report_seconds", 1}};
}

class BadWorker : public testing::Test {
 protected:
  ChildOptions options(const std::string& mode) {
    ChildOptions options =
        fixture_.options({"python3", PLUMBLINE_SOURCE_DIR "/tests/bad_workers/bad_worker.py"});
    options.environment["BAD_WORKER_MODE"] = mode;
    options.environment["PYTHONDONTWRITEBYTECODE"] = "1";
    return options;
  }

  // How a session with `describe` and `train` ends.
  TrialEnded train_with(const ChildOptions& options, double deadline_seconds = kLong) {
    Session session(options, deadline_seconds);
    TrialEnded ended{Outcome::Trained, "", ""};
    try {
      EXPECT_EQ(session.request("describe")["framework"], "none");
      result_ = session.request(
          "train", training(), [this](const Progress& progress) { progress_.push_back(progress); });
    } catch (const TrialEnded& caught) {
      ended = caught;
    }
    report_ = session.close();
    EXPECT_THAT(processes_with(fixture_.mark()), IsEmpty());
    return ended;
  }
  TrialEnded train_with(const std::string& mode) { return train_with(options(mode)); }

  ChildFixture fixture_;
  json result_;
  std::vector<Progress> progress_;
  ExitReport report_;
};

TEST_F(BadWorker, ThatIsGoodTrainsAndCloses) {
  EXPECT_EQ(train_with("good").outcome, Outcome::Trained);
  EXPECT_EQ(result_["steps"], 3);
  EXPECT_EQ(report_.exit_status, 0);
  EXPECT_FALSE(report_.left_processes);
}

TEST_F(BadWorker, ThatCrashesIsReportedWithSignalPhaseAndLastWords) {
  for (const std::string request : {"train", "describe"}) {
    const ChildOptions crashing = options("crash:" + request);
    Session session(crashing, kLong);
    try {
      session.request("describe");
      session.request("train", training());
      ADD_FAILURE() << request;
    } catch (const TrialEnded& ended) {
      EXPECT_EQ(ended.outcome, Outcome::Crashed);
      EXPECT_EQ(
          ended.reason,
          "The worker ended during '" + request +
              "'. It was killed by signal 11 (Segmentation fault). The last line of its standard "
              "error: about to crash");
      EXPECT_EQ(ended.detail, "about to crash\n");
    }
    EXPECT_EQ(session.close().signal, SIGSEGV);
    EXPECT_EQ(session.close().signal, SIGSEGV);
    EXPECT_THROW(session.request("predict"), TrialEnded);
  }
}

TEST_F(BadWorker, IsReportedWithAReasonWhateverItDoes) {
  const struct {
    const char* mode;
    Outcome outcome;
    const char* sentence;
  } cases[] = {
      {"end_badly",
       Outcome::Crashed,
       "ended with exit status 1. The last line of its standard error: the framework"},
      {"end_silently",
       Outcome::Crashed,
       "'train'. It ended with exit status 0 and without an answer."},
      {"half_message", Outcome::Crashed, "exit status 0 and without an answer."},
      {"garbage", Outcome::ProtocolError, "A message of 7 bytes is not JSON at its byte 2."},
      {"oversize", Outcome::ProtocolError, "A message of 4.3 GB is over the protocol's limit"},
      {"deep", Outcome::ProtocolError, "nested deeper than 64"},
      {"close_channel",
       Outcome::ProtocolError,
       "closed its channel during 'train' and went on running."},
      {"wrong_id", Outcome::ProtocolError, "its id is not 2"},
      {"wrong_status", Outcome::ProtocolError, "has no status 'ok', 'unsupported' or 'error'"},
      {"wrong_result", Outcome::ProtocolError, "has no object 'result'"},
      {"bad_progress", Outcome::ProtocolError, "no whole number 'step'"},
      {"progress:describe", Outcome::ProtocolError, "progress during 'describe'"},
      {"unsupported", Outcome::Unsupported, "There is no framework here."},
      {"error", Outcome::Failed, "ValueError: no"},
      {"byte_by_byte", Outcome::Trained, ""},
      {"progress", Outcome::Trained, ""},
      {"print_gigabyte", Outcome::Trained, ""},
      {"grandchildren", Outcome::Trained, ""},
      {"no_file", Outcome::Trained, ""},
  };
  for (const auto& [mode, outcome, sentence] : cases) {
    const TrialEnded ended = train_with(mode);
    EXPECT_STREQ(outcome_name(ended.outcome), outcome_name(outcome))
        << mode << ": " << ended.reason;
    EXPECT_THAT(ended.reason, HasSubstr(sentence)) << mode;
  }
}

TEST_F(BadWorker, ThatRefusesIsClosedInOrder) {
  for (const std::string mode : {"unsupported", "error"}) {
    static_cast<void>(train_with(mode));
    EXPECT_EQ(report_.exit_status, 0) << mode;
  }
}

TEST_F(BadWorker, ThatAnswersTwiceIsFoundOutAtTheNextRequest) {
  Session session(options("answer_twice:describe"), kLong);
  session.request("describe");
  try {
    session.request("train", training());
    FAIL();
  } catch (const TrialEnded& ended) {
    EXPECT_EQ(ended.outcome, Outcome::ProtocolError);
  }
}

TEST_F(BadWorker, MayReportProgressThatIsNotFinite) {
  static_cast<void>(train_with("progress"));
  ASSERT_EQ(progress_.size(), 3U);
  EXPECT_EQ(progress_[1].step, 2);
  EXPECT_EQ(progress_[1].steps, 3);
  EXPECT_EQ(progress_[1].loss, 0.5);
  EXPECT_TRUE(std::isnan(progress_[2].loss));
}

TEST_F(BadWorker, ThatDoesNotAnswerIsTimedOut) {
  for (const std::string mode : {"hang", "hang_deaf", "progress_flood"}) {
    const double started_at = monotonic_seconds();
    const TrialEnded ended = train_with(options(mode), 1.0);
    EXPECT_EQ(ended.outcome, Outcome::TimedOut) << mode << ended.reason;
    EXPECT_THAT(ended.reason,
                HasSubstr("had not answered 'train' when the trial's time of 1.0 s was over"));
    EXPECT_GE(monotonic_seconds() - started_at, 1.0);
    EXPECT_LT(monotonic_seconds() - started_at, kLong);
  }
}

TEST_F(BadWorker, ThatDoesNotReadIsTimedOutToo) {
  Session session(options("hang:describe"), 1.0);
  try {
    session.request("describe", {{"padding", std::string(std::size_t{1} << 20, 'x')}});
    FAIL();
  } catch (const TrialEnded& ended) {
    EXPECT_EQ(ended.outcome, Outcome::TimedOut);
  }
}

TEST_F(BadWorker, ThatDoesNotCloseIsKilledAfterItsGrace) {
  for (const std::string mode :
       {"hang_deaf:close", "crash:close", "garbage:close", "close_channel:close"}) {
    Session session(options(mode), kLong);
    session.request("describe");
    const ExitReport report = session.close(0.5);
    EXPECT_TRUE(report.signal) << mode;
    EXPECT_THAT(processes_with(fixture_.mark()), IsEmpty());
  }
}

TEST_F(BadWorker, ThatHogsMemoryIsKilledWithItsChildren) {
  for (const std::string mode : {"memory_hog", "memory_hog_in_children"}) {
    ChildOptions hog = options(mode);
    hog.memory_limit_bytes = std::int64_t{300} << 20;
    const TrialEnded ended = train_with(hog);
    EXPECT_EQ(ended.outcome, Outcome::OutOfMemory) << ended.reason;
    EXPECT_THAT(ended.reason,
                AllOf(HasSubstr("during 'train'"), HasSubstr("over the limit of 314.6 MB")));
  }
}

TEST_F(BadWorker, ThatPrintsAGigabyteFillsNoDisk) {
  EXPECT_EQ(train_with("print_gigabyte").outcome, Outcome::Trained);
  EXPECT_LE(fixture_.output().size(), std::size_t{1} << 20);
  EXPECT_LE(fixture_.error().size(), std::size_t{1} << 20);
  EXPECT_GT(report_.dropped_log_bytes, std::int64_t{1000} << 20);
}

TEST_F(BadWorker, ThatLeavesProcessesBehindIsFoundOut) {
  EXPECT_EQ(train_with("grandchildren").outcome, Outcome::Trained);
  EXPECT_TRUE(report_.left_processes);
  EXPECT_EQ(report_.exit_status, 0);
}

TEST_F(BadWorker, DoesNotReachTheNetworkWhereItIsIsolated) {
  const Descriptor server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(server.get(), generic, size), 0);
  ASSERT_EQ(::listen(server.get(), 5), 0);
  ASSERT_EQ(::getsockname(server.get(), generic, &size), 0);

  ChildOptions curious = options("network");
  curious.environment["BAD_WORKER_PORT"] = std::to_string(::ntohs(address.sin_port));
  const TrialEnded isolated = train_with(curious);
  EXPECT_EQ(isolated.outcome, report_.network_isolated ? Outcome::Failed : Outcome::Trained);
  curious.allow_network = true;
  EXPECT_EQ(train_with(curious).outcome, Outcome::Trained)
      << "the same attempt must succeed where it may";
  EXPECT_EQ(result_["reached"], "127.0.0.1");
}

TEST_F(BadWorker, ThatCannotBeExecutedIsACrashWithTheSystemsReason) {
  ChildOptions missing = options("good");
  missing.command = {"no-such-worker"};
  Session session(missing, kLong);
  try {
    session.request("describe");
    FAIL();
  } catch (const TrialEnded& ended) {
    EXPECT_EQ(ended.outcome, Outcome::Crashed);
    EXPECT_EQ(ended.reason,
              "The command 'no-such-worker' could not be executed: No such file or directory.");
  }
  EXPECT_FALSE(session.close().started);
}

TEST_F(BadWorker, IsEndedByTheSessionsEnd) {
  {
    Session session(options("good"), kLong);
    session.request("describe");
  }
  EXPECT_THAT(processes_with(fixture_.mark()), IsEmpty());
}

// In a process of its own, for an interrupt stays noted.
TEST_F(BadWorker, IsEndedWhenTheUserInterrupts) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto interrupt_training = [this] {
    watch_interrupts();
    Session session(options("progress_flood"), kLong);
    session.request("describe");
    try {
      session.request("train", training(), [](const Progress&) {
        if (!interrupted()) {
          ::raise(SIGINT);
        }
      });
    } catch (const TrialEnded& ended) {
      const bool gone = processes_with(fixture_.mark()).empty();
      std::filesystem::remove_all(fixture_.folder());
      std::_Exit(ended.outcome == Outcome::Interrupted && gone ? 42 : 1);
    }
  };
  EXPECT_EXIT(interrupt_training(), testing::ExitedWithCode(42), "");
}

}  // namespace
}  // namespace plumbline
