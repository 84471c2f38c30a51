#include "draw/bounded_integer.h"

namespace plumbline {

std::uint32_t bounded_integer(std::uint32_t range,
                              std::uint32_t position,
                              std::uint32_t epoch,
                              PhiloxKey key) {
  const std::uint32_t refused = (0U - range) % range;  // 2^32 mod range
  for (std::uint32_t attempt = 0;; ++attempt) {
    const RandomStream stream(key, StreamPurpose::BatchOrder, attempt, epoch);
    const std::uint64_t product = std::uint64_t{stream.word(position)} * range;
    if (static_cast<std::uint32_t>(product) >= refused) {
      return static_cast<std::uint32_t>(product >> 32);
    }
  }
}

}  // namespace plumbline
