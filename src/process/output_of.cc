#include "process/output_of.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "process/descriptor.h"

namespace plumbline {
namespace {

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  [[nodiscard]] posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// The process, or -1.
pid_t start(std::vector<std::string> command, const Descriptor& output) {
  std::vector<char*> arguments;
  for (std::string& argument : command) {
    arguments.push_back(argument.data());
  }
  arguments.push_back(nullptr);
  FileActions actions;
  posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(actions.get(), output.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(actions.get(), STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  return posix_spawnp(&child, arguments[0], actions.get(), nullptr, arguments.data(), environ) == 0
             ? child
             : -1;
}

std::string read_all(const Descriptor& from) {
  std::string text;
  std::array<char, 4096> room{};
  for (std::ptrdiff_t count = read_some(from.get(), room); count > 0;
       count = read_some(from.get(), room)) {
    text.append(room.data(), static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

std::string output_of(const std::vector<std::string>& command) {
  Pipe pipe = make_pipe();
  const pid_t child = start(command, pipe.write_end);
  pipe.write_end.close();
  if (child < 0) {
    return "";
  }
  std::string text = read_all(pipe.read_end);
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return text;
}

}  // namespace plumbline
