#include "process/isolation.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "process/descriptor.h"

namespace plumbline {

namespace {

bool write_proc(const char* path, const std::string& text) {
  const Descriptor file(::open(path, O_WRONLY | O_CLOEXEC));
  return file.is_open() && write_all(file.get(), text);
}

// To the same ids as outside.
bool map_ids(uid_t user, gid_t group) {
  const std::string uid = std::to_string(user);
  const std::string gid = std::to_string(group);
  // A group map may be written without privilege only once setgroups is given up
  // (user_namespaces(7)).
  return write_proc("/proc/self/setgroups", "deny") &&
         write_proc("/proc/self/uid_map", uid + " " + uid + " 1") &&
         write_proc("/proc/self/gid_map", gid + " " + gid + " 1");
}

// Otherwise /proc/self would be that of the outer namespace's numbers.
bool mount_own_proc() {
  // What is mounted here must not appear outside. Where the root is no mount point, in a chroot,
  // /proc must be one.
  const bool kept_in = ::mount(nullptr, "/", nullptr, MS_SLAVE | MS_REC, nullptr) == 0 ||
                       ::mount(nullptr, "/proc", nullptr, MS_SLAVE | MS_REC, nullptr) == 0;
  return kept_in &&
         ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0;
}

bool bring_loopback_up() {
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", sizeof("lo"));
  if (!socket.is_open() || ::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) {
    return false;
  }
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
  return ::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0;
}

bool furnish(const Isolation& isolation, uid_t user, gid_t group) {
  return (!isolation.user || map_ids(user, group)) && (!isolation.pid || mount_own_proc()) &&
         (!isolation.network || bring_loopback_up());
}

}  // namespace

std::vector<Isolation> isolations_to_try(bool allow_network, std::string_view limit) {
  const bool pid = limit.empty();
  const bool network = !allow_network && limit != "none";
  std::vector<Isolation> wanted;
  const auto add = [&wanted](bool with_pid, bool with_network) {
    if (with_pid || with_network) {
      wanted.push_back({.user = false, .pid = with_pid, .network = with_network});
      wanted.push_back({.user = true, .pid = with_pid, .network = with_network});
    }
  };
  add(pid, network);
  if (pid && network) {
    add(false, true);
    add(true, false);
  }
  wanted.push_back({});
  return wanted;
}

pid_t fork_into(const Isolation& isolation) {
  const uid_t user =
      ::geteuid();  // in a new user namespace they are nobody's until they are mapped
  const gid_t group = ::getegid();
  unsigned long flags = SIGCHLD;
  flags |= isolation.user ? CLONE_NEWUSER : 0UL;
  flags |= isolation.pid ? CLONE_NEWPID | CLONE_NEWNS : 0UL;
  flags |= isolation.network ? CLONE_NEWNET : 0UL;
  // Without a stack of its own clone(2) is a fork; glibc's wrapper insists on one.
  const long process = ::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr);
  if (process == 0 && !furnish(isolation, user, group)) {
    ::_exit(kNotFurnished);
  }
  return static_cast<pid_t>(process);
}

}  // namespace plumbline
