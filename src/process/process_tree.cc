#include "process/process_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "process/descriptor.h"

namespace plumbline {

namespace {

// Without a namespace the tree is found among all processes of the machine, at about 10 us each:
// not for every sample.
constexpr int kSamplesBetweenRefreshes = 10;

// Files of /proc are made while they are read; the first 16 KiB are more than any of those read
// here has.
std::string proc_text(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 16384> room{};
  std::string text;
  while (file.is_open() && text.size() < room.size()) {
    const std::ptrdiff_t count = read_some(file.get(), room);
    if (count <= 0) {
      break;
    }
    text.append(room.data(), static_cast<std::size_t>(count));
  }
  return text;
}

// The numbers among the words of `text`, in order.
std::vector<std::int64_t> numbers_in(std::string_view text) {
  std::vector<std::int64_t> numbers;
  const char* at = text.data();
  const char* end = text.data() + text.size();
  while (at != end) {
    std::int64_t number = 0;
    const auto [after, error] = std::from_chars(at, end, number);
    if (error == std::errc()) {
      numbers.push_back(number);
    }
    at = after == at ? at + 1 : after;
  }
  return numbers;
}

std::vector<pid_t> numbered_entries(const std::string& folder) {
  std::vector<pid_t> numbers;
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()), ::closedir);
  while (const dirent* entry = entries ? ::readdir(entries.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    pid_t number = 0;
    const auto [after, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && after == name.data() + name.size()) {
      numbers.push_back(number);
    }
  }
  return numbers;
}

// 0 for a process that is gone. The name in the second field may hold anything, ')' included.
pid_t parent_of(pid_t process) {
  const std::string text = proc_text("/proc/" + std::to_string(process) + "/stat");
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) {
    return 0;
  }
  const auto numbers = numbers_in(std::string_view(text).substr(name_end));
  return numbers.empty() ? 0 : static_cast<pid_t>(numbers.front());
}

// The kernel's own list of children (/proc/<pid>/task/<tid>/children) is not built into every
// kernel.
std::vector<pid_t> descendants_of(pid_t root) {
  std::multimap<pid_t, pid_t> children;
  for (const pid_t process : numbered_entries("/proc")) {
    children.emplace(parent_of(process), process);
  }
  std::vector<pid_t> found{root};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto [first, last] = children.equal_range(found[i]);
    for (auto child = first; child != last; ++child) {
      found.push_back(child->second);
    }
  }
  found.erase(found.begin());
  return found;
}

// The number after `label` in a text of lines such as "Pss:   1234 kB".
std::int64_t labelled_number(std::string_view text, std::string_view label) {
  const std::size_t at = text.find(label);
  if (at == std::string_view::npos) {
    return 0;
  }
  const std::string_view rest = text.substr(at + label.size());
  const std::vector<std::int64_t> numbers = numbers_in(rest.substr(0, rest.find('\n')));
  return numbers.empty() ? 0 : numbers.front();
}

}  // namespace

std::vector<pid_t> ProcessTree::members() const {
  if (!own_namespace_) {
    return descendants_of(::getpid());
  }
  std::vector<pid_t> found = numbered_entries("/proc");
  std::erase(found, ::getpid());
  return found;
}

ProcessTree::Residence ProcessTree::residence() {
  if (own_namespace_ || samples_until_refresh_-- == 0) {
    known_ = members();
    samples_until_refresh_ = kSamplesBetweenRefreshes - 1;
  }
  Residence residence;
  for (const pid_t process : known_) {
    const auto sizes = numbers_in(proc_text("/proc/" + std::to_string(process) + "/statm"));
    if (sizes.size() > 1) {
      residence.bytes += sizes[1] * ::sysconf(_SC_PAGESIZE);
      ++residence.processes;
    }
  }
  return residence;
}

std::optional<std::int64_t> ProcessTree::proportional_bytes() const {
  if (proc_text("/proc/self/smaps_rollup").empty()) {
    return std::nullopt;
  }
  std::int64_t kibibytes = 0;
  for (const pid_t process : members()) {
    kibibytes +=
        labelled_number(proc_text("/proc/" + std::to_string(process) + "/smaps_rollup"), "\nPss:");
  }
  return kibibytes * 1024;
}

void ProcessTree::kill_all() const {
  if (own_namespace_) {
    ::kill(-1, SIGKILL);  // all that the namespace holds, but its first process: the caller
    return;
  }
  for (const pid_t process : members()) {
    ::kill(process, SIGKILL);
  }
}

std::int64_t kernel_out_of_memory_kills() {
  return labelled_number(proc_text("/proc/vmstat"), "\noom_kill ");
}

}  // namespace plumbline
