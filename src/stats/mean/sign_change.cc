#include "stats/mean/sign_change.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/philox.h"
#include "stats/sample.h"
#include "stats/summary.h"

namespace plumbline {

namespace {

constexpr std::size_t kAllChangesUpTo = 13;
constexpr std::size_t kChanges = 4096;
constexpr PhiloxKey kKey = {0x706c756d, 0x626c696e};  // "plum", "blin"

// Row c has the signs of change c, one a block.
class SignChanges {
 public:
  explicit SignChanges(std::size_t blocks) : all_(blocks <= kAllChangesUpTo), blocks_(blocks) {}

  // A change and its opposite give the same |t|, so the last block keeps its sign.
  [[nodiscard]] std::size_t count() const {
    return all_ ? std::size_t{1} << (blocks_ - 1) : kChanges;
  }

  [[nodiscard]] std::vector<double> signs(std::size_t change) const {
    std::vector<double> result(blocks_, 1);
    PhiloxCounter words{};
    for (std::size_t block = 0; block + 1 < blocks_; ++block) {
      if (!all_ && block % 128 == 0) {
        words = philox4x32_10(
            {static_cast<std::uint32_t>(change), static_cast<std::uint32_t>(block / 128), 0, 0},
            kKey);
      }
      const std::size_t bit =
          all_ ? change >> block : std::size_t{words[block % 128 / 32]} >> (block % 32);
      result[block] = (bit & 1) != 0 ? -1 : 1;
    }
    return result;
  }

 private:
  bool all_;
  std::size_t blocks_;
};

struct PairSquares {
  TreatmentPair pair;
  double squares;  // of the centred differences
};

std::vector<double> centred(const TwoWayLayout& layout) {
  std::vector<double> values = layout.values;
  for (std::size_t t = 0; t < layout.treatments; ++t) {
    const std::span<double> row = std::span(values).subspan(t * layout.blocks, layout.blocks);
    const double mean = summarise(row).mean;
    for (double& value : row) {
      value -= mean;
    }
  }
  return values;
}

std::vector<PairSquares> pairs_with_spread(const TwoWayLayout& layout,
                                           const std::vector<double>& values,
                                           std::span<const TreatmentPair> pairs) {
  std::vector<PairSquares> kept;
  for (const TreatmentPair& pair : pairs) {
    double squares = 0;
    for (std::size_t b = 0; b < layout.blocks; ++b) {
      const double difference =
          values[pair.first * layout.blocks + b] - values[pair.second * layout.blocks + b];
      squares += difference * difference;
    }
    if (squares > 0) {
      kept.push_back({pair, squares});
    }
  }
  return kept;
}

// The largest |t| over the pairs, of the values with the signs changed. A sum of squares does not
// change with signs, so that only the sums are taken anew.
double largest_t(const std::vector<double>& sums,
                 const std::vector<PairSquares>& pairs,
                 std::size_t blocks) {
  const auto n = static_cast<double>(blocks);
  double largest = 0;
  for (const PairSquares& pair : pairs) {
    const double sum = sums[pair.pair.first] - sums[pair.pair.second];
    const double around_mean = std::max(pair.squares - sum * sum / n, 1e-12 * pair.squares);
    largest = std::max(largest, std::abs(sum) / std::sqrt(n * around_mean / (n - 1)));
  }
  return largest;
}

}  // namespace

double sign_change_critical(const TwoWayLayout& layout,
                            std::span<const TreatmentPair> pairs,
                            double confidence) {
  check_confidence(confidence);
  if (layout.blocks < 2) {
    throw Error("Sign changes need two blocks or more.");
  }
  const std::vector<double> values = centred(layout);
  const std::vector<PairSquares> kept = pairs_with_spread(layout, values, pairs);
  if (kept.empty()) {
    return 0;
  }
  const SignChanges changes(layout.blocks);
  std::vector<double> largest(changes.count());
  std::vector<double> sums(layout.treatments);
  for (std::size_t change = 0; change < changes.count(); ++change) {
    const std::vector<double> signs = changes.signs(change);
    for (std::size_t t = 0; t < layout.treatments; ++t) {
      const double* const row = values.data() + t * layout.blocks;
      double sum = 0;
      for (std::size_t b = 0; b < layout.blocks; ++b) {
        sum += signs[b] * row[b];
      }
      sums[t] = sum;
    }
    largest[change] = largest_t(sums, kept, layout.blocks);
  }
  // The smallest value that at least `confidence` of the changes do not exceed.
  const auto rank =
      static_cast<std::size_t>(std::ceil(confidence * static_cast<double>(largest.size()) - 1e-9));
  const auto place =
      largest.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::nth_element(largest.begin(), place, largest.end());
  return *place;
}

}  // namespace plumbline
