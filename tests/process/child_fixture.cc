#include "process/child_fixture.h"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/clock.h"

namespace plumbline {

namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

bool is_zombie(const fs::path& process) {
  const std::string stat = text_of(process / "stat");
  const std::size_t name_end = stat.rfind(')');
  return name_end == std::string::npos || stat.compare(name_end, 3, ") Z") == 0;
}

}  // namespace

ChildFixture::ChildFixture() : folder_(fs::temp_directory_path(), "plumbline-test-") {
  ::setenv("PLUMBLINE_GUARD", PLUMBLINE_BINARY_DIR "/bin/plumbline-guard", 1);
  mark_ = "PLUMBLINE_TEST_MARK=" + folder_.path().filename().string();
}

ChildOptions ChildFixture::options(std::vector<std::string> command) const {
  ChildOptions options;
  options.command = std::move(command);
  const std::size_t equals = mark_.find('=');
  options.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                         {mark_.substr(0, equals), mark_.substr(equals + 1)}};
  options.working_folder = folder_.path();
  options.standard_output = folder_.path() / "output";
  options.standard_error = folder_.path() / "error";
  return options;
}

ChildOptions ChildFixture::python(const std::string& program) const {
  return options({"python3", "-c", program});
}

std::vector<pid_t> processes_with(const std::string& mark) {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    pid_t process = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (error != std::errc() || end != name.data() + name.size() || process == ::getpid()) {
      continue;
    }
    if (text_of(entry.path() / "environ").find(mark) != std::string::npos &&
        !is_zombie(entry.path())) {
      found.push_back(process);
    }
  }
  return found;
}

bool eventually(const std::function<bool()>& condition, double deadline_seconds) {
  const double deadline = monotonic_seconds() + deadline_seconds;
  while (!condition()) {
    if (monotonic_seconds() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace plumbline
