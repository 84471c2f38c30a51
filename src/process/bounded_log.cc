#include "process/bounded_log.h"

#include <algorithm>
#include <utility>

namespace plumbline {

namespace {

constexpr std::size_t kMarkerRoom = 64;  // "\n[... N bytes are not kept ...]\n" with the largest N

}  // namespace

BoundedLog::BoundedLog(Descriptor file, std::size_t max_bytes)
    : file_(std::move(file)), head_room_(max_bytes / 2), tail_limit_(max_bytes - head_room_) {
  tail_limit_ -= std::min(tail_limit_, kMarkerRoom);
}

void BoundedLog::append(std::string_view text) {
  seen_bytes_ += static_cast<std::int64_t>(text.size());
  const std::string_view head = text.substr(0, head_room_);
  head_room_ -= head.size();
  write(head);
  text.remove_prefix(head.size());
  if (text.size() > tail_limit_) {
    text.remove_prefix(text.size() - tail_limit_);
  }
  tail_ += text;
  if (tail_.size() > 2 * tail_limit_) {
    tail_.erase(0, tail_.size() - tail_limit_);
  }
}

void BoundedLog::finish() {
  std::string_view tail = tail_;
  if (tail.size() > tail_limit_) {
    tail.remove_prefix(tail.size() - tail_limit_);
  }
  const std::int64_t missing = seen_bytes_ - kept_bytes_ - static_cast<std::int64_t>(tail.size());
  if (missing > 0 && writable_) {
    const std::string marker = "\n[... " + std::to_string(missing) + " bytes are not kept ...]\n";
    writable_ = tail_limit_ > 0 && write_all(file_.get(), marker);
  }
  write(tail);
  tail_.clear();
  file_.close();
}

std::int64_t BoundedLog::dropped_bytes() const {
  return seen_bytes_ - kept_bytes_;
}

void BoundedLog::write(std::string_view text) {
  if (!writable_) {
    return;
  }
  writable_ = write_all(file_.get(), text);
  if (writable_) {
    kept_bytes_ += static_cast<std::int64_t>(text.size());
  }
}

}  // namespace plumbline
