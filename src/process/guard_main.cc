// plumbline-guard: holds one child's tree of processes for its parent; see process/child.h. Started
// by Child only, with the parent's socket as descriptor 3 and two arguments: "network" or
// "no-network" (what the child may use), and the value of PLUMBLINE_ISOLATION.

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "process/guard_message.h"
#include "process/isolation.h"
#include "process/keeper.h"
#include "process/process_tree.h"

namespace plumbline {
namespace {

ExitReport keep_tree(const Isolation& isolation, const Descriptor& socket, ReceivedOrder received) {
  try {
    return Keeper(isolation,
                  Descriptor(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0)),
                  std::move(received))
        .run();
  } catch (const std::exception& error) {
    ExitReport report;
    report.reason = std::string("plumbline-guard failed. ") + error.what();
    return report;
  }
}

// The inner process: does the work in the namespaces.
[[noreturn]] void be_keeper(const Isolation& isolation, const Descriptor& socket) {
  std::optional<ReceivedOrder> received = receive_order(socket);
  if (!received) {
    ::_exit(0);  // the parent is gone before there was anything to do
  }
  const std::string scratch_folder = received->order.scratch_folder;
  const ExitReport report = keep_tree(isolation, socket, std::move(*received));
  if (!send_report(socket, report) && !scratch_folder.empty()) {
    std::error_code nobody_to_tell;
    std::filesystem::remove_all(scratch_folder, nobody_to_tell);
  }
  ::_exit(0);
}

// The end of one child of ours; those that a killed keeper has left to us come too and do not
// matter.
int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

void end_what_is_left() {
  const ProcessTree tree(false);
  while (::waitpid(-1, nullptr, WNOHANG | __WALL) >= 0) {
    tree.kill_all();
    ::usleep(1000);
  }
}

// The outer process: outside of the namespaces, so that it can try others when some cannot be made.
int guard(bool allow_network, const std::string& limit) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  ::syscall(SYS_close_range, kGuardSocket + 1, ~0U, 0);
  ::fcntl(kGuardSocket, F_SETFD, FD_CLOEXEC);
  const Descriptor socket(kGuardSocket);
  for (const Isolation& isolation : isolations_to_try(allow_network, limit)) {
    const pid_t keeper = fork_into(isolation);
    if (keeper == 0) {
      be_keeper(isolation, socket);
    }
    if (keeper < 0) {
      continue;
    }
    const int status = wait_for(keeper);
    if (WIFEXITED(status) && WEXITSTATUS(status) == kNotFurnished) {
      continue;
    }
    end_what_is_left();  // only a keeper that was killed leaves anything
    return WIFEXITED(status) ? 0 : 1;
  }
  return 1;
}

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  return plumbline::guard(std::string(argv[1]) == "network", argv[2]);
}
