#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <new>

#include "base/error.h"
#include "cli/command_line.h"
#include "cli/standard_streams.h"
#include "process/interrupts.h"

namespace {

using plumbline::Error;
using plumbline::ExitCode;

ExitCode run(int argc, char** argv) {
  try {
    plumbline::watch_interrupts();
    const ExitCode code = plumbline::parse_command_line(argc, argv)();
    plumbline::require_written_output();
    return code;
  } catch (const Error& error) {
    std::cerr << "plumbline: " << error.what() << '\n';
    return error.code();
  } catch (const std::filesystem::filesystem_error& error) {
    std::cerr << fmt::format(
        "plumbline: '{}' cannot be used: {}. Check that the path exists, that you may read and "
        "write "
        "it, and that its disk is not full.\n",
        error.path1().string(),
        error.code().message());
    return ExitCode::Environment;
  } catch (const std::bad_alloc&) {
    std::cerr
        << "plumbline: There is not enough memory. Close other programs, or take less data.\n";
    return ExitCode::Environment;
  } catch (const std::exception& error) {
    std::cerr
        << "plumbline: " << error.what()
        << "\nThis is a defect of Plumbline; please report it with the command and this text.\n";
    return ExitCode::Internal;
  }
}

}  // namespace

int main(int argc, char** argv) {
  plumbline::open_standard_streams();
  return static_cast<int>(run(argc, argv));
}
