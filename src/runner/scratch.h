#pragma once

#include <cstdint>
#include <filesystem>

#include "base/files.h"
#include "process/descriptor.h"

namespace plumbline {

// A folder of a run's own for its tensors, removed on destruction. It is locked (flock) as long as
// the run lives: other runs tell by that, and not by a process id alone, which means nothing in
// another PID namespace, that it is not a leftover.
class ScratchFolder {
 public:
  // In shared memory where that holds `bytes_needed` and may run programs, else in TMPDIR. Also
  // removes what killed runs of this user left there.
  explicit ScratchFolder(std::int64_t bytes_needed);
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  Descriptor lock_;
};

}  // namespace plumbline
