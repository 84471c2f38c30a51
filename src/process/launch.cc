#include "process/launch.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

namespace plumbline {

namespace {

// Descriptor numbers above those that the child gets, and above those again.
constexpr int kOutOfTheWay = 32;
constexpr int kFarOutOfTheWay = 64;

// What the new process writes into its error pipe when it cannot become the command.
struct LaunchFailure {
  enum class Step : int { Descriptors, Folder, Execute } step;
  int error;
};

// Where the command may be: itself if it names a path, else each folder of PATH in `environment`
// with it.
std::vector<std::string> candidate_paths(const GuardOrder& order) {
  const std::string& name = order.command.front();
  if (name.find('/') != std::string::npos) {
    return {name};
  }
  std::string_view folders = "/usr/bin:/bin";
  for (const std::string& variable : order.environment) {
    if (variable.starts_with("PATH=")) {
      folders = std::string_view(variable).substr(5);
    }
  }
  std::vector<std::string> paths;
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    const std::string folder(folders.substr(0, end));
    paths.push_back((folder.empty() ? "." : folder) + "/" + name);
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return paths;
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) {
    pointers.push_back(const_cast<char*>(text.c_str()));  // execve's type is older than const
  }
  pointers.push_back(nullptr);
  return pointers;
}

// From 0 on, without gaps, the descriptors the child shall have; all others become close-on-exec.
bool arrange_descriptors(const std::vector<int>& wanted) {
  std::vector<int> moved;
  moved.reserve(wanted.size());
  for (const int fd : wanted) {
    moved.push_back(::fcntl(fd, F_DUPFD_CLOEXEC, kOutOfTheWay));
  }
  for (std::size_t i = 0; i < moved.size(); ++i) {
    if (moved[i] < 0 || ::dup2(moved[i], static_cast<int>(i)) < 0) {
      return false;
    }
  }
  // Kernels before 5.11 do not know this; there it is not needed either, for all of ours are
  // close-on-exec already.
  ::syscall(SYS_close_range, wanted.size(), ~0U, CLOSE_RANGE_CLOEXEC);
  return true;
}

void set_up_process() {
  ::setsid();  // out of reach of the terminal's keys
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NO_NEW_PRIVS,
          1,
          0,
          0,
          0);  // a set-uid program would be out of an unprivileged guard's reach
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// As execvp does: the first candidate that runs; "permission denied" is remembered over "not
// found".
int execute(const std::vector<std::string>& paths, char* const* command, char* const* environment) {
  int error = ENOENT;
  for (const std::string& path : paths) {
    ::execve(path.c_str(), command, environment);
    if (errno != ENOENT && errno != ENOTDIR) {
      error = errno;
    }
  }
  return error;
}

LaunchFailure become(const GuardOrder& order, const std::vector<int>& wanted) {
  const std::vector<std::string> paths = candidate_paths(order);
  const std::vector<char*> command = pointers_to(order.command);
  const std::vector<char*> environment = pointers_to(order.environment);
  set_up_process();
  if (!arrange_descriptors(wanted)) {
    return {LaunchFailure::Step::Descriptors, errno};
  }
  if (!order.working_folder.empty() && ::chdir(order.working_folder.c_str()) != 0) {
    return {LaunchFailure::Step::Folder, errno};
  }
  return {LaunchFailure::Step::Execute, execute(paths, command.data(), environment.data())};
}

std::string reason_for(const GuardOrder& order, const LaunchFailure& failure) {
  const std::string why = std::string(": ") + std::strerror(failure.error) + ".";
  const std::string command = "The command '" + order.command.front() + "' could not be ";
  switch (failure.step) {
    case LaunchFailure::Step::Descriptors:
      return command + "given its descriptors" + why;
    case LaunchFailure::Step::Folder:
      return command + "started in the folder '" + order.working_folder + "'" + why;
    case LaunchFailure::Step::Execute:
      break;
  }
  return command + "executed" + why;
}

std::vector<int> wanted_descriptors(const Descriptor& standard_input,
                                    const Descriptor& standard_output,
                                    const Descriptor& standard_error,
                                    const GuardDescriptors& descriptors) {
  std::vector<int> wanted{standard_input.get(), standard_output.get(), standard_error.get()};
  if (descriptors.request.is_open()) {
    wanted.push_back(descriptors.request.get());
    wanted.push_back(descriptors.response.get());
  }
  return wanted;
}

}  // namespace

Launched launch(const GuardOrder& order,
                const Descriptor& standard_output,
                const Descriptor& standard_error,
                const GuardDescriptors& descriptors) {
  const Descriptor standard_input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const std::vector<int> wanted =
      wanted_descriptors(standard_input, standard_output, standard_error, descriptors);
  Pipe failure_pipe = make_pipe();
  const pid_t process = ::fork();
  if (process == 0) {
    // The pipe must survive the arranging, which overwrites the lowest numbers.
    const int out = ::fcntl(failure_pipe.write_end.get(), F_DUPFD_CLOEXEC, kFarOutOfTheWay);
    const LaunchFailure failure = become(order, wanted);
    std::array<char, sizeof(failure)> bytes{};
    std::memcpy(bytes.data(), &failure, sizeof(failure));
    ::_exit(write_all(out, {bytes.data(), bytes.size()}) ? 126 : 127);
  }
  if (process < 0) {
    return {-1,
            std::string("No process could be made for the command: ") + std::strerror(errno) + "."};
  }
  failure_pipe.write_end.close();
  LaunchFailure failure{};
  std::array<char, sizeof(failure)> bytes{};
  if (read_some(failure_pipe.read_end.get(), bytes) != static_cast<std::ptrdiff_t>(bytes.size())) {
    return {process, ""};
  }
  ::waitpid(process, nullptr, 0);
  std::memcpy(&failure, bytes.data(), sizeof(failure));
  return {-1, reason_for(order, failure)};
}

}  // namespace plumbline
