#pragma once

#include <array>
#include <cstdint>

namespace plumbline {

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC
// 2011): a pure function of key and counter, so every random number of a study can be drawn alone,
// in any order, on any number of threads.
using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;
[[nodiscard]] PhiloxCounter philox4x32_10(PhiloxCounter counter, PhiloxKey key);

// What a stream is for. Part of the counter, so streams never overlap; the numbers are frozen: they
// name the streams of every result that was ever stored.
enum class StreamPurpose : std::uint32_t { InitialWeights = 1, BatchOrder = 2, DropoutMask = 3 };

// A random-access stream of 32-bit words. Word e is lane e % 4 of the block with counter
// {e / 4, id, step, purpose}; `id` numbers the tensor or layer, `step` the training step or epoch.
class RandomStream {
 public:
  RandomStream(PhiloxKey key, StreamPurpose purpose, std::uint32_t id, std::uint32_t step)
      : key_(key), purpose_(purpose), id_(id), step_(step) {}

  [[nodiscard]] PhiloxCounter block(
      std::uint32_t index) const;  // words 4 * index and the three after it
  [[nodiscard]] std::uint32_t word(std::uint64_t index) const;  // index < 2^34
  // Uniform on [0, 1) with 24 bits: (word >> 8) * 2^-24, exact in float32.
  [[nodiscard]] float uniform_f32(std::uint64_t index) const;
  // uniform_f64_of words 2 * index and 2 * index + 1; index < 2^33.
  [[nodiscard]] double uniform_f64(std::uint64_t index) const;

 private:
  PhiloxKey key_;
  StreamPurpose purpose_;
  std::uint32_t id_;
  std::uint32_t step_;
};

// Uniform on (0, 1), exact: (2k + 1) * 2^-53, where k is the upper 52 bits of the two words. The
// middle of one of 2^52 equal cells, so never 0 and never 1, and 1 - u is as likely as u. (53 bits
// and a half would round to 1 at the end.)
[[nodiscard]] constexpr double uniform_f64_of(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t k = (std::uint64_t{high} << 32 | low) >> 12;
  return static_cast<double>(2 * k + 1) * 0x1p-53;
}

// The key of all streams of one seed of one study: the first 64 bits of
// SHA-256("v1|<study>|<seed>"), little-endian words.
[[nodiscard]] PhiloxKey stream_key(const char* study, std::uint64_t seed);

}  // namespace plumbline
