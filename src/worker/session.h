#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "process/child.h"
#include "worker/answer.h"
#include "worker/outcome.h"

namespace plumbline {

// Talks to one worker: sends a request, waits for its answer under a deadline, checks the answer's
// form. Not thread-safe.
class Session {
 public:
  // Starts the worker. `deadline_seconds` is for the whole session, counted from here.
  Session(const ChildOptions& options, double deadline_seconds);
  ~Session();  // kills what is left
  Session(Session&&) noexcept;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  Session& operator=(Session&&) = delete;

  // Returns the `result` of an ok answer. Throws TrialEnded for everything else: unsupported,
  // error, garbage, end of process, deadline, memory, interrupt. `on_progress` is called for each
  // progress message. After `unsupported` and `error` the worker lives and is to be closed; after
  // all else it is gone.
  nlohmann::json request(const std::string& name,
                         nlohmann::json members = nlohmann::json::object(),
                         const std::function<void(const Progress&)>& on_progress = {});
  // Asks the worker to close and waits for it, at most `grace_seconds`, then kills it. Never throws
  // TrialEnded. Tells how the worker ended also when it is gone already, and again when called
  // again.
  ExitReport close(double grace_seconds = 5);
  [[nodiscard]] double started_at() const;  // monotonic_seconds() when the worker was started

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plumbline
