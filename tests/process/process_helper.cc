// A program that holds one child, for tests that must kill or interrupt its parent.
//   process_helper hold FOLDER COMMAND...        waits for the child without looking at interrupts
//   process_helper run FOLDER COMMAND...         run_to_end
//   process_helper unprivileged FOLDER COMMAND.. as run, but as nobody when started by root
// The logs and `scratch` are in FOLDER; the child's environment is ours. The report's outline goes
// to standard output.

#include <grp.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

#include "base/error.h"
#include "process/child.h"

namespace {

constexpr uid_t kNobody = 65534;

plumbline::ChildOptions options_from(int argc, char** argv) {
  plumbline::ChildOptions options;
  const std::filesystem::path folder = argv[2];
  options.command.assign(argv + 3, argv + argc);
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    const std::size_t equals = text.find('=');
    options.environment[text.substr(0, equals)] = text.substr(equals + 1);
  }
  options.standard_output = folder / "output";
  options.standard_error = folder / "error";
  options.scratch_folder = folder / "scratch";
  return options;
}

bool become_nobody() {
  return ::getuid() != 0 ||
         (::setgroups(0, nullptr) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0 &&
          ::setresuid(kNobody, kNobody, kNobody) == 0);
}

int run(const std::string& mode, const plumbline::ChildOptions& options) {
  plumbline::watch_interrupts();
  plumbline::ExitReport report;
  if (mode == "hold") {
    report = plumbline::Child(options).wait();
  } else {
    report = plumbline::run_to_end(options, 600);
  }
  std::cout << "exit_status=" << report.exit_status.value_or(-1)
            << " network_isolated=" << report.network_isolated
            << " pid_isolated=" << report.pid_isolated << " " << report.reason << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 3 ? argv[1] : "";
  if (mode.empty() || (mode == "unprivileged" && !become_nobody())) {
    return 2;
  }
  try {
    return run(mode, options_from(argc, argv));
  } catch (const plumbline::Error& error) {
    std::cout << error.what() << "\n";
    return static_cast<int>(error.code());
  }
}
