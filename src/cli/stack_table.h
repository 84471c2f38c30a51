#pragma once

#include <ostream>

#include "base/exit_code.h"

namespace plumbline {

// Version, state and size of every shipped stack, and why one cannot run.
ExitCode print_stacks(std::ostream& out, bool json);

}  // namespace plumbline
