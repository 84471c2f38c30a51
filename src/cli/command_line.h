#pragma once

#include "cli/verb.h"

namespace plumbline {

// Turns the arguments into the action they ask for; help is an action too. Throws UsageError with
// the nearest right word.
[[nodiscard]] Action parse_command_line(int argc, char** argv);

}  // namespace plumbline
