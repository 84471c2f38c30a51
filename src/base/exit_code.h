#pragma once

namespace plumbline {

// What the program's exit status says; the same table stands in `plumbline --help`.
enum class ExitCode : int {
  Done = 0,
  SomeFailed = 1,  // done, but some trial failed or some check did not hold
  Usage = 2,       // the command line or the study file is wrong
  Environment =
      3,  // something outside is missing: data, a stack's environment, disk space, permission
  Internal = 4,  // a defect of Plumbline's own
  Interrupted = 130,
};

}  // namespace plumbline
