#include "native_worker/worker_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace plumbline::testing {
namespace {

constexpr const char* kProgram = PLUMBLINE_BINARY_DIR "/bin/plumbline-native-worker";

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) {
    result.push_back(text.data());
  }
  result.push_back(nullptr);
  return result;
}

pid_t start(const std::vector<std::string>& arguments, std::vector<std::string> environment) {
  std::vector<std::string> command{kProgram};
  command.insert(command.end(), arguments.begin(), arguments.end());
  environment.emplace_back("OMP_NUM_THREADS=2");
  environment.emplace_back("GOMP_SPINCOUNT=1000");  // the tests share the processors
  const std::vector<char*> argv = pointers(command);
  const std::vector<char*> envp = pointers(environment);
  const pid_t process = fork();
  if (process == 0) {
    execve(kProgram, argv.data(), envp.data());
    _exit(127);
  }
  return process;
}

int status_of(pid_t process) {
  int status = 0;
  waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

struct PipeEnds {
  int read_end = -1;
  int write_end = -1;
};

PipeEnds make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("There is no pipe to be had.");
  }
  return {ends[0], ends[1]};
}

void inherit(int descriptor) {
  fcntl(descriptor, F_SETFD, 0);
}

}  // namespace

WorkerProcess::WorkerProcess(const std::vector<std::string>& arguments) {
  signal(SIGPIPE, SIG_IGN);
  const PipeEnds requests = make_pipe();
  const PipeEnds responses = make_pipe();
  inherit(requests.read_end);
  inherit(responses.write_end);
  process_ = start(arguments,
                   {"PLUMBLINE_REQUEST_FD=" + std::to_string(requests.read_end),
                    "PLUMBLINE_RESPONSE_FD=" + std::to_string(responses.write_end)});
  close(requests.read_end);
  close(responses.write_end);
  request_fd_ = requests.write_end;
  response_fd_ = responses.read_end;
}

WorkerProcess::~WorkerProcess() {
  close_requests();
  close(response_fd_);
  wait();
}

nlohmann::json WorkerProcess::ask(nlohmann::json request) {
  const int id = next_id_++;
  request["id"] = id;
  send_bytes(encode_message(request));
  while (true) {
    nlohmann::json message = receive();
    if (!message.empty()) {
      EXPECT_EQ(message["id"], id);
    }
    if (!message.contains("progress")) {
      return message;
    }
    progress_.push_back(std::move(message["progress"]));
  }
}

nlohmann::json WorkerProcess::result_of(const nlohmann::json& request) {
  nlohmann::json answer = ask(request);
  if (answer.value("status", "") != "ok") {
    ADD_FAILURE() << request.dump() << " was answered by " << answer.dump();
    return nlohmann::json::object();
  }
  return answer["result"];
}

void WorkerProcess::send_bytes(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(request_fd_, bytes.data(), bytes.size());
    if (count < 0) {
      return;  // the worker is gone; `receive` will say so
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

nlohmann::json WorkerProcess::receive() {
  std::array<std::byte, 4096> buffer;
  while (true) {
    if (std::optional<nlohmann::json> message = reader_.next()) {
      return *message;
    }
    const ssize_t count = read(response_fd_, buffer.data(), buffer.size());
    if (count <= 0) {
      return nlohmann::json::object();
    }
    reader_.feed({buffer.data(), static_cast<std::size_t>(count)});
  }
}

void WorkerProcess::close_requests() {
  if (request_fd_ >= 0) {
    close(request_fd_);
    request_fd_ = -1;
  }
}

int WorkerProcess::wait() {
  if (process_ < 0) {
    return 0;
  }
  const pid_t process = process_;
  process_ = -1;
  return status_of(process);
}

int status_without_channel(const std::vector<std::string>& arguments) {
  return status_of(start(arguments, {}));
}

}  // namespace plumbline::testing
