#include "process/bounded_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "process/child_fixture.h"

namespace plumbline {
namespace {

struct Kept {
  std::string text;
  std::int64_t dropped_bytes;
};

Kept keep(const std::string& text, std::size_t max_bytes, std::size_t piece_bytes) {
  const ChildFixture fixture;
  const std::filesystem::path path = fixture.folder() / "log";
  BoundedLog log(Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)), max_bytes);
  for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
    log.append(std::string_view(text).substr(at, piece_bytes));
  }
  log.finish();
  return {read_file(path), log.dropped_bytes()};
}

std::string counted_text(std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i) {
    text += std::to_string(i) + " ";
  }
  text.resize(bytes);
  return text;
}

TEST(BoundedLog, KeepsAllThatFits) {
  for (const std::size_t bytes : {0, 1, 99, 100, 101, 136}) {
    const std::string text = counted_text(bytes);
    const Kept kept = keep(text, 200, 7);
    EXPECT_EQ(kept.text, text);
    EXPECT_EQ(kept.dropped_bytes, 0);
  }
}

// Of 1000 bytes the first half of the limit, the marker, and as much of the end as 64 bytes for the
// marker leave.
TEST(BoundedLog, KeepsStartAndEndOfWhatDoesNotFit) {
  const std::string text = counted_text(1000);
  for (const std::size_t piece : {1, 7, 36, 100, 250, 1000}) {
    const Kept kept = keep(text, 200, piece);
    EXPECT_EQ(kept.text,
              text.substr(0, 100) + "\n[... 864 bytes are not kept ...]\n" + text.substr(964))
        << piece;
    EXPECT_EQ(kept.dropped_bytes, 864);
  }
}

TEST(BoundedLog, NeverGrowsOverItsLimit) {
  for (const std::size_t limit : {0, 1, 63, 64, 127, 128, 129, 1000}) {
    EXPECT_LE(keep(counted_text(5000), limit, 10).text.size(), limit);
  }
}

TEST(BoundedLog, CountsWhatTheDiskDoesNotTake) {
  BoundedLog log(Descriptor(::open("/dev/full", O_WRONLY | O_CLOEXEC)), 1000);
  log.append("lost");
  log.append(" too");
  log.finish();
  EXPECT_EQ(log.dropped_bytes(), 8);
}

}  // namespace
}  // namespace plumbline
