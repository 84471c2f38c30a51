#pragma once

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "worker/message.h"

namespace plumbline::testing {

// The real worker program as a child of the test, over real pipes. Its destructor closes them and
// waits.
class WorkerProcess {
 public:
  explicit WorkerProcess(const std::vector<std::string>& arguments);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // The answer; progress that came before it is in `progress()`. An empty object when the worker
  // closed its end instead.
  nlohmann::json ask(nlohmann::json request);
  // The result of an ok answer; fails the test for any other.
  nlohmann::json result_of(const nlohmann::json& request);
  void send_bytes(std::string_view bytes);
  void close_requests();
  // Waits for the end: the exit status, or 1000 + the signal.
  int wait();
  [[nodiscard]] const std::vector<nlohmann::json>& progress() const { return progress_; }

 private:
  nlohmann::json receive();
  pid_t process_ = -1;
  int request_fd_ = -1;
  int response_fd_ = -1;
  int next_id_ = 1;
  MessageReader reader_;
  std::vector<nlohmann::json> progress_;
};

// Runs the program without a channel and returns its exit status.
int status_without_channel(const std::vector<std::string>& arguments);

}  // namespace plumbline::testing
