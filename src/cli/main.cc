#include <iostream>

#include "base/error.h"
#include "cli/command_line.h"
#include "process/child.h"

namespace {

using plumbline::Error;
using plumbline::ExitCode;

ExitCode run(int argc, char** argv) {
  try {
    plumbline::watch_interrupts();
    return plumbline::parse_command_line(argc, argv)();
  } catch (const Error& error) {
    std::cerr << "plumbline: " << error.what() << '\n';
    return error.code();
  } catch (const std::exception& error) {
    std::cerr
        << "plumbline: " << error.what()
        << "\nThis is a defect of Plumbline; please report it with the command and this text.\n";
    return ExitCode::Internal;
  }
}

}  // namespace

int main(int argc, char** argv) {
  return static_cast<int>(run(argc, argv));
}
