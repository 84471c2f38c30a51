#include "worker/session.h"

#include <utility>
#include <variant>

#include "base/clock.h"
#include "base/text.h"
#include "worker/channel.h"
#include "worker/message.h"
#include "worker/worker_text.h"

namespace plumbline {

namespace {

using nlohmann::json;

// From the end of a worker's channel to the end of its process, which may flush and unload in
// between.
constexpr double kEndAfterCloseSeconds = 5;

}  // namespace

struct Session::State {
  State(const ChildOptions& options, double deadline_seconds);

  json request(const std::string& name,
               json members,
               const std::function<void(const Progress&)>& on_progress);
  json await_answer(std::int64_t id,
                    const std::string& name,
                    const std::function<void(const Progress&)>& on_progress);
  ExitReport close(double grace_seconds);
  void await_close_answer(double deadline);
  void end_worker();
  void await_end_of_worker();
  void await_report();
  [[noreturn]] void end_trial(ChannelEvent event, const std::string& name, const std::string& why);
  [[noreturn]] void throw_ended(Outcome outcome, const std::string& reason) const;
  [[noreturn]] void throw_crashed(const std::string& name) const;

  double started_at;
  double deadline_seconds;
  std::filesystem::path standard_error;
  Child child;
  Channel channel;
  bool gone = false;
  ExitReport report;  // once the worker is gone
  std::int64_t last_id = 0;
};

Session::State::State(const ChildOptions& options, double seconds)
    : started_at(monotonic_seconds()),
      deadline_seconds(seconds),
      standard_error(options.standard_error),
      child(options),
      channel(child.request_fd(), child.response_fd(), child.exit_fd()) {}

json Session::State::request(const std::string& name,
                             json members,
                             const std::function<void(const Progress&)>& on_progress) {
  if (gone) {
    throw_crashed(name);
  }
  const std::int64_t id = ++last_id;
  members["id"] = id;
  members["request"] = name;
  const ChannelEvent sent = channel.send(encode_message(members), started_at + deadline_seconds);
  if (sent != ChannelEvent::Done) {
    end_trial(sent, name, "");
  }
  return await_answer(id, name, on_progress);
}

json Session::State::await_answer(std::int64_t id,
                                  const std::string& name,
                                  const std::function<void(const Progress&)>& on_progress) {
  for (;;) {
    Received received = channel.receive(started_at + deadline_seconds);
    if (received.event != ChannelEvent::Done) {
      end_trial(received.event, name, received.reason);
    }
    try {
      Answer answer = read_answer(std::move(received.message), id, name);
      if (auto* result = std::get_if<Result>(&answer)) {
        return std::move(result->members);
      }
      if (const auto* refusal = std::get_if<Refusal>(&answer)) {
        throw TrialEnded{refusal->outcome, refusal->reason, refusal->detail};
      }
      if (on_progress) {
        on_progress(std::get<Progress>(answer));
      }
    } catch (const TrialEnded& ended) {
      if (ended.outcome == Outcome::ProtocolError) {
        end_worker();
      }
      throw;
    }
  }
}

// Kills it where it still runs.
void Session::State::end_worker() {
  if (!gone) {
    child.kill();
    await_report();
  }
}

// For a worker that is about to end by itself: how it ended says more than that we killed it.
void Session::State::await_end_of_worker() {
  if (channel.wait_for_end(monotonic_seconds() + kEndAfterCloseSeconds) == ChannelEvent::Ended) {
    await_report();
  }
}

void Session::State::await_report() {
  report = child.wait();
  gone = true;
}

void Session::State::end_trial(ChannelEvent event,
                               const std::string& name,
                               const std::string& why) {
  if (event == ChannelEvent::Closed || event == ChannelEvent::Ended) {
    await_end_of_worker();
  }
  const bool ended_by_itself = gone;
  end_worker();
  if (ended_by_itself || report.over_memory_limit) {
    throw_crashed(name);
  }
  switch (interrupted() ? ChannelEvent::Interrupted : event) {
    case ChannelEvent::Deadline:
      throw_ended(Outcome::TimedOut,
                  "The worker had not answered '" + name + "' when the trial's time of " +
                      format_seconds(deadline_seconds) + " was over.");
    case ChannelEvent::Interrupted:
      throw TrialEnded{Outcome::Interrupted, "Interrupted by the user.", ""};
    case ChannelEvent::Garbage:
      throw_ended(
          Outcome::ProtocolError,
          "What the worker sent in answer to '" + name + "' is not of the protocol. " + why);
    default:
      throw_ended(Outcome::ProtocolError,
                  "The worker closed its channel during '" + name + "' and went on running.");
  }
}

void Session::State::throw_ended(Outcome outcome, const std::string& reason) const {
  throw TrialEnded{outcome, reason, log_end(standard_error)};
}

void Session::State::throw_crashed(const std::string& name) const {
  if (!report.started) {
    throw TrialEnded{Outcome::Crashed, report.reason, ""};
  }
  const std::string how =
      report.reason.empty() ? "It ended with exit status 0 and without an answer." : report.reason;
  std::string reason = "The worker ended during '" + name + "'. " + how;
  const std::string last_words = last_line(log_end(standard_error));
  if (!last_words.empty()) {
    reason += " The last line of its standard error: " + last_words;
  }
  throw_ended(report.over_memory_limit ? Outcome::OutOfMemory : Outcome::Crashed, reason);
}

ExitReport Session::State::close(double grace_seconds) {
  if (!gone) {
    const double deadline = monotonic_seconds() + grace_seconds;
    await_close_answer(deadline);
    if (channel.wait_for_end(deadline) == ChannelEvent::Ended) {
      await_report();
    }
    end_worker();
  }
  return report;
}

// Whatever comes is let pass: the trial is over and its outcome stands.
void Session::State::await_close_answer(double deadline) {
  const std::int64_t id = ++last_id;
  const std::string message = encode_message({{"id", id}, {"request", "close"}});
  bool waiting = channel.send(message, deadline) == ChannelEvent::Done;
  while (waiting) {
    const Received received = channel.receive(deadline);
    waiting = received.event == ChannelEvent::Done && received.message.value("id", json()) != id;
  }
}

Session::Session(const ChildOptions& options, double deadline_seconds)
    : state_(std::make_unique<State>(options, deadline_seconds)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;

json Session::request(const std::string& name,
                      json members,
                      const std::function<void(const Progress&)>& on_progress) {
  return state_->request(name, std::move(members), on_progress);
}

ExitReport Session::close(double grace_seconds) {
  return state_->close(grace_seconds);
}

double Session::started_at() const {
  return state_->started_at;
}

}  // namespace plumbline
