#pragma once

#include <string>
#include <vector>

namespace plumbline {

// What a short, trusted command prints on standard output, whatever its exit status; empty when it
// cannot be started. command[0] is looked up in PATH. No shell takes part, standard input is empty
// and standard error is dropped.
[[nodiscard]] std::string output_of(const std::vector<std::string>& command);

}  // namespace plumbline
