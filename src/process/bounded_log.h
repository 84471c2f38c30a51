#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "process/descriptor.h"

namespace plumbline {

// A log file that never grows over its limit: the first half of what comes is kept, and the end of
// it, for the end is where the traceback is. Between them stands a line that says how much is
// missing. What the disk does not take is dropped too; nothing here fails.
class BoundedLog {
 public:
  BoundedLog(Descriptor file, std::size_t max_bytes);
  void append(std::string_view text);
  // Writes the end; to be called once, after the last append.
  void finish();
  [[nodiscard]] std::int64_t dropped_bytes() const;

 private:
  void write(std::string_view text);

  Descriptor file_;
  std::size_t head_room_;
  std::size_t tail_limit_;
  std::string tail_;  // up to twice tail_limit_, so that cutting its front costs little
  std::int64_t seen_bytes_ = 0;
  std::int64_t kept_bytes_ = 0;
  bool writable_ = true;
};

}  // namespace plumbline
