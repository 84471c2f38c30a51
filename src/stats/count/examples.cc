#include "stats/count/examples.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/error.h"

namespace plumbline {

namespace {

constexpr std::int64_t kWordBits = 64;

void check_bits(CorrectBits bits, std::int64_t examples) {
  if (examples < 0 || bits.size() != bytes_of_examples(examples)) {
    throw Error(
        fmt::format("The bits of {} test examples do not fit {} bytes.", examples, bits.size()));
  }
}

// The 64 examples from 64 * index on, lowest bit first; bits beyond the last example are 0.
std::uint64_t word_of(CorrectBits bits, std::int64_t index, std::int64_t examples) {
  const auto offset = static_cast<std::size_t>(index) * sizeof(std::uint64_t);
  std::uint64_t word = 0;
  if (std::endian::native == std::endian::little && bits.size() - offset >= sizeof word) {
    std::memcpy(&word, bits.data() + offset, sizeof word);
  } else {
    for (std::size_t byte = 0; byte < sizeof word && offset + byte < bits.size(); ++byte) {
      word |= std::uint64_t{bits[offset + byte]} << (8 * byte);
    }
  }
  const std::int64_t left = examples - index * kWordBits;
  return left < kWordBits ? word & ((std::uint64_t{1} << left) - 1) : word;
}

// 64 counters at once: bit i of plane p is bit p of the i-th counter.
class CounterPlanes {
 public:
  void add(std::uint64_t carry) {
    for (std::size_t plane = 0; carry != 0; ++plane) {
      const std::uint64_t next = planes_[plane] & carry;
      planes_[plane] ^= carry;
      carry = next;
    }
  }
  [[nodiscard]] std::uint32_t count(std::int64_t bit) const {
    std::uint32_t count = 0;
    for (std::size_t plane = 0; plane < planes_.size(); ++plane) {
      count |= static_cast<std::uint32_t>(planes_[plane] >> bit & 1) << plane;
    }
    return count;
  }

 private:
  std::array<std::uint64_t, 32> planes_{};
};

}  // namespace

std::size_t bytes_of_examples(std::int64_t examples) {
  return static_cast<std::size_t>((examples + 7) / 8);
}

std::vector<std::uint32_t> count_correct(std::span<const CorrectBits> networks,
                                         std::int64_t examples) {
  for (const CorrectBits& bits : networks) {
    check_bits(bits, examples);
  }
  std::vector<std::uint32_t> counts;
  counts.reserve(static_cast<std::size_t>(examples));
  for (std::int64_t word = 0; word * kWordBits < examples; ++word) {
    CounterPlanes planes;
    for (const CorrectBits& bits : networks) {
      planes.add(word_of(bits, word, examples));
    }
    for (std::int64_t bit = 0; bit < std::min(kWordBits, examples - word * kWordBits); ++bit) {
      counts.push_back(planes.count(bit));
    }
  }
  return counts;
}

Disagreement disagreement(CorrectBits first, CorrectBits second, std::int64_t examples) {
  check_bits(first, examples);
  check_bits(second, examples);
  Disagreement result;
  for (std::int64_t word = 0; word * kWordBits < examples; ++word) {
    const std::uint64_t a = word_of(first, word, examples);
    const std::uint64_t b = word_of(second, word, examples);
    result.only_first += static_cast<std::uint64_t>(std::popcount(a & ~b));
    result.only_second += static_cast<std::uint64_t>(std::popcount(b & ~a));
  }
  return result;
}

std::optional<double> example_variance(std::span<const std::uint32_t> counts,
                                       std::size_t networks,
                                       std::span<const std::uint32_t> other) {
  if (counts.size() < 2 || networks == 0) {
    return std::nullopt;
  }
  if (!other.empty() && other.size() != counts.size()) {
    throw Error(fmt::format(
        "Counts of {} and of {} test examples do not pair.", counts.size(), other.size()));
  }
  // In whole numbers: exact, so that counts alike have no variance at all.
  std::int64_t sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::int64_t value = std::int64_t{counts[i]} - (other.empty() ? 0 : other[i]);
    sum += value;
    squares += static_cast<double>(value * value);
  }
  const auto examples = static_cast<double>(counts.size());
  const auto total = static_cast<double>(sum);
  const double around_mean = squares - total * total / examples;
  const auto scale = static_cast<double>(networks);
  return std::max(0.0, around_mean) / (examples - 1) / (scale * scale) / examples;
}

std::optional<double> predicted_seed_sd(std::span<const std::uint32_t> counts,
                                        std::size_t networks) {
  if (networks < 2 || counts.empty()) {
    return std::nullopt;
  }
  double sum = 0;
  for (const std::uint32_t count : counts) {
    sum += static_cast<double>(count) * static_cast<double>(networks - count);
  }
  const auto n = static_cast<double>(networks);
  // k (n - k) / (n (n - 1)) is the unbiased estimate of p (1 - p).
  return std::sqrt(sum / (n * (n - 1))) / static_cast<double>(counts.size());
}

}  // namespace plumbline
