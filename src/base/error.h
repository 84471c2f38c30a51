#pragma once

#include <stdexcept>
#include <string>

#include "base/exit_code.h"

namespace plumbline {

// Ends the command. The message is one or more full sentences that say what went wrong, with which
// object, and what to do. Thrown for failures of the program or its surroundings only; what a
// worker does wrong is an Outcome, not an Error. Layers add context by catching, and throwing
// `error.with_context("While reading 'x.toml'")`.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, ExitCode code = ExitCode::Internal)
      : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ExitCode code() const { return code_; }
  [[nodiscard]] Error with_context(const std::string& context) const {
    return Error(context + ": " + what(), code_);
  }

 private:
  ExitCode code_;
};

// The user's command line, study file or stack folder is wrong.
class UsageError : public Error {
 public:
  explicit UsageError(const std::string& message) : Error(message, ExitCode::Usage) {}
};

// Something outside the program is missing or in the way: a data file, an environment, disk space,
// a permission.
class EnvironmentError : public Error {
 public:
  explicit EnvironmentError(const std::string& message) : Error(message, ExitCode::Environment) {}
};

}  // namespace plumbline
