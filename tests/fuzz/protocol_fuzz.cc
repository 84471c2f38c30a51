// Feeds a worker's bytes to the protocol's reader in pieces, and in one, and asks that both see the
// same.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "worker/answer.h"
#include "worker/message.h"

namespace {

using plumbline::MessageReader;

struct Read {
  std::vector<nlohmann::json> messages;
  bool failed = false;
};

// False when the reader has refused something.
bool take_messages(MessageReader& reader, Read& read) {
  try {
    while (std::optional<nlohmann::json> message = reader.next()) {
      read.messages.push_back(std::move(*message));
    }
  } catch (const plumbline::Error&) {
    read.failed = true;
  }
  return !read.failed;
}

// The first byte says how long the pieces are, so that the fuzzer finds lengths that matter.
Read read_in_pieces(std::span<const std::byte> bytes, std::size_t piece_bytes) {
  MessageReader reader;
  Read read;
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(piece_bytes, bytes.size()));
    bytes = bytes.subspan(piece.size());
    reader.feed(piece);
    if (!take_messages(reader, read)) {
      break;
    }
  }
  return read;
}

void read_as_answer(const nlohmann::json& message) {
  for (const char* name : {"train", "build"}) {
    try {
      static_cast<void>(plumbline::read_answer(message, 1, name));
    } catch (const plumbline::TrialEnded&) {
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  const Read pieces = read_in_pieces(bytes, std::size_t{data[0]} + 1);
  const Read whole = read_in_pieces(bytes, std::max<std::size_t>(bytes.size(), 1));
  if (pieces.messages != whole.messages || pieces.failed != whole.failed) {
    std::abort();
  }
  for (const nlohmann::json& message : whole.messages) {
    read_as_answer(message);
  }
  return 0;
}
