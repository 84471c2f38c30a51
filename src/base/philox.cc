#include "base/philox.h"

#include <fmt/format.h>

#include <string>

#include "base/hash.h"

namespace plumbline {
namespace {

constexpr std::uint32_t kMultiplier0 = 0xD2511F53;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85;
constexpr int kRounds = 10;

PhiloxCounter round_of(const PhiloxCounter& counter, const PhiloxKey& key) {
  const std::uint64_t product0 = std::uint64_t{kMultiplier0} * counter[0];
  const std::uint64_t product1 = std::uint64_t{kMultiplier1} * counter[2];
  return {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
          static_cast<std::uint32_t>(product1),
          static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
          static_cast<std::uint32_t>(product0)};
}

}  // namespace

PhiloxCounter philox4x32_10(PhiloxCounter counter, PhiloxKey key) {
  for (int round = 0; round < kRounds; ++round) {
    counter = round_of(counter, key);
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

PhiloxCounter RandomStream::block(std::uint32_t index) const {
  return philox4x32_10({index, id_, step_, static_cast<std::uint32_t>(purpose_)}, key_);
}

std::uint32_t RandomStream::word(std::uint64_t index) const {
  return block(static_cast<std::uint32_t>(index / 4))[index % 4];
}

float RandomStream::uniform_f32(std::uint64_t index) const {
  return static_cast<float>(word(index) >> 8) * 0x1p-24F;
}

double RandomStream::uniform_f64(std::uint64_t index) const {
  const PhiloxCounter words = block(static_cast<std::uint32_t>(index / 2));
  const std::size_t lane = index % 2 * 2;
  return uniform_f64_of(words[lane], words[lane + 1]);
}

PhiloxKey stream_key(const char* study, std::uint64_t seed) {
  const std::string digest = sha256_hex(fmt::format("v1|{}|{}", study, seed));
  PhiloxKey key{};
  for (std::size_t byte = 0; byte < 8; ++byte) {
    const auto value =
        static_cast<std::uint32_t>(std::stoul(digest.substr(2 * byte, 2), nullptr, 16));
    key[byte / 4] |= value << (8 * (byte % 4));
  }
  return key;
}

}  // namespace plumbline
