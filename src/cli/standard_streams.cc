#include "cli/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <iostream>

#include "base/error.h"

namespace plumbline {

void open_standard_streams() {
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(standard, F_GETFD) < 0) {
      // The lowest free number is given, and all below are open by now.
      static_cast<void>(::open("/dev/null", standard == STDIN_FILENO ? O_RDONLY : O_WRONLY));
    }
  }
}

void require_written_output() {
  if (!std::cout.flush()) {
    throw EnvironmentError(
        "Standard output could not be written: the disk or the pipe that it goes to is full or "
        "closed. Send it elsewhere and run the same command again; recorded trials are not run "
        "again.");
  }
}

}  // namespace plumbline
