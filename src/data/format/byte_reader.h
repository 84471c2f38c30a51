#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace plumbline {

// Deflate cannot do better: 258 bytes for two bits (zlib's technical notes, "Maximum Compression
// Factor").
inline constexpr std::uint64_t kDeflateMostRatio = 1032;

// Decoded bytes in order: of a file (gzip-compressed or not), of a member of a zip archive, or of
// memory. The readers of formats are written over this, so that they can be tested from memory.
// Errors are EnvironmentErrors that begin with name().
class ByteReader {
 public:
  explicit ByteReader(std::string name) : name_(std::move(name)) {}
  virtual ~ByteReader() = default;
  ByteReader(const ByteReader&) = delete;
  ByteReader& operator=(const ByteReader&) = delete;

  // Fills `bytes` from the stream; returns fewer only at the end. Throws when the compressed data
  // is damaged.
  [[nodiscard]] virtual std::size_t read(std::span<std::byte> bytes) = 0;
  // The stream cannot hold more than this from its beginning, whatever a header inside it claims.
  [[nodiscard]] virtual std::uint64_t most_bytes() const = 0;
  [[nodiscard]] const std::string& name() const { return name_; }  // "'/data/x.npy'"

 private:
  std::string name_;
};

class MemoryReader final : public ByteReader {
 public:
  // `bytes` must outlive the reader.
  MemoryReader(std::span<const std::byte> bytes, std::string name)
      : ByteReader(std::move(name)), size_(bytes.size()), rest_(bytes) {}
  [[nodiscard]] std::size_t read(std::span<std::byte> bytes) override;
  [[nodiscard]] std::uint64_t most_bytes() const override { return size_; }

 private:
  std::uint64_t size_;
  std::span<const std::byte> rest_;
};

// Opens a file; gzip is known by its first two bytes, not by its name.
[[nodiscard]] std::unique_ptr<ByteReader> open_bytes(const std::filesystem::path& path);

// Exactly that many bytes, or an error that says the stream ends early; `what` is what was being
// read.
void read_exactly(ByteReader& reader, std::span<std::byte> bytes, const char* what);
// The whole stream, which must not be longer than `limit`.
[[nodiscard]] std::vector<std::byte> read_all(ByteReader& reader, std::uint64_t limit);
// Throws when anything follows.
void require_end(ByteReader& reader);

}  // namespace plumbline
