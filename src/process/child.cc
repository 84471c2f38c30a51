#include "process/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "process/descriptor.h"
#include "process/guard_message.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

std::string environment_value(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

fs::path guard_program() {
  std::string named = environment_value("PLUMBLINE_GUARD");
  if (!named.empty()) {
    return named;
  }
  std::error_code unreadable;
  return fs::read_symlink("/proc/self/exe", unreadable).parent_path() / "plumbline-guard";
}

Descriptor open_log(const fs::path& path) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file.is_open()) {
    throw EnvironmentError("Cannot write the log '" + path.string() + "': " + std::strerror(errno) +
                           ". Make its folder writable, or choose another.");
  }
  return file;
}

// posix_spawn's two objects, which must be given back.
class SpawnSettings {
 public:
  explicit SpawnSettings(int socket) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, socket, kGuardSocket);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, kGuardSocket + 1);
    ::posix_spawnattr_init(&attributes_);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    // A session of its own, where the terminal's keys do not reach.
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSettings() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

pid_t spawn_guard(const Descriptor& socket, bool allow_network) {
  // Above the numbers that the guard's descriptors get, so that none is overwritten before it is
  // copied.
  const Descriptor high(::fcntl(socket.get(), F_DUPFD_CLOEXEC, kGuardSocket + 1));
  const SpawnSettings settings(high.get());
  std::string program = guard_program().string();
  std::string network = allow_network ? "network" : "no-network";
  std::string isolation = environment_value("PLUMBLINE_ISOLATION");
  std::array<char*, 4> arguments{program.data(), network.data(), isolation.data(), nullptr};
  pid_t process = -1;
  const int error = ::posix_spawn(&process,
                                  program.c_str(),
                                  settings.actions(),
                                  settings.attributes(),
                                  arguments.data(),
                                  environ);
  if (error != 0) {
    throw EnvironmentError("Cannot start '" + program + "': " + std::strerror(error) +
                           ". It must stand beside the program; build or install it again.");
  }
  return process;
}

GuardOrder order_for(const ChildOptions& options) {
  GuardOrder order;
  order.command = options.command;
  for (const auto& [name, value] : options.environment) {
    std::string variable = name;
    variable += '=';
    variable += value;
    order.environment.push_back(std::move(variable));
  }
  if (options.with_channel) {
    order.environment.push_back("PLUMBLINE_REQUEST_FD=" + std::to_string(kChildRequestFd));
    order.environment.push_back("PLUMBLINE_RESPONSE_FD=" + std::to_string(kChildResponseFd));
  }
  order.working_folder = options.working_folder.string();
  order.scratch_folder = options.scratch_folder.string();
  order.max_log_bytes = options.max_log_bytes;
  order.memory_limit_bytes = options.memory_limit_bytes;
  return order;
}

}  // namespace

struct Child::State {
  Descriptor socket;
  Descriptor request;
  Descriptor response;
  pid_t guard = -1;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State();
  void kill();
  ExitReport wait();
};

Child::State::~State() {
  if (guard > 0) {
    kill();
    static_cast<void>(wait());
  }
}

void Child::State::kill() {
  ::send(socket.get(), &kEndTheTree, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ExitReport Child::State::wait() {
  request.close();
  response.close();
  pollfd ended{socket.get(), POLLIN, 0};  // here, and not in the reading of it, we wait for long
  while (::poll(&ended, 1, -1) < 0 && errno == EINTR) {
  }
  const std::optional<ExitReport> report = receive_report(socket);
  socket.close();
  while (::waitpid(guard, nullptr, 0) < 0 && errno == EINTR) {
  }
  guard = -1;
  if (report) {
    return *report;
  }
  ExitReport unknown;
  unknown.reason = "plumbline-guard, which watched over it, was killed from outside.";
  return unknown;
}

Child::Child(const ChildOptions& options) : state_(std::make_unique<State>()) {
  if (options.command.empty()) {
    throw Error("A child process needs a command.");
  }
  GuardDescriptors descriptors;
  descriptors.standard_output = open_log(options.standard_output);
  descriptors.standard_error = open_log(options.standard_error);
  if (options.with_channel) {
    Pipe requests = make_pipe();
    Pipe responses = make_pipe();
    descriptors.request = std::move(requests.read_end);
    descriptors.response = std::move(responses.write_end);
    state_->request = std::move(requests.write_end);
    state_->response = std::move(responses.read_end);
  }
  auto [ours, guards] = make_socket_pair();
  state_->socket = std::move(ours);
  state_->guard = spawn_guard(guards, options.allow_network);
  guards.close();
  if (!send_order(state_->socket, order_for(options), descriptors)) {
    throw EnvironmentError("'" + guard_program().string() +
                           "' ended as soon as it was started. Build or install it again.");
  }
}

Child::~Child() = default;
Child::Child(Child&&) noexcept = default;

int Child::request_fd() const {
  return state_->request.get();
}
int Child::response_fd() const {
  return state_->response.get();
}
int Child::exit_fd() const {
  return state_->socket.get();
}
void Child::kill() {
  state_->kill();
}
ExitReport Child::wait() {
  return state_->wait();
}

}  // namespace plumbline
