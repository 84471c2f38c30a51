#include "stats/rank/hodges_lehmann.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "stats/rank/signed_rank.h"
#include "stats/sample.h"

namespace plumbline {

namespace {

double mean_of(double a, double b) {
  return a / 2 + b / 2;
}

// The means of every two of some values, selected from without being formed: n (n + 1) / 2 of them.
class PairMeans {
 public:
  explicit PairMeans(std::span<const double> values) : sorted_(values.begin(), values.end()) {
    std::sort(sorted_.begin(), sorted_.end());
  }

  [[nodiscard]] std::size_t count() const { return sorted_.size() * (sorted_.size() + 1) / 2; }

  // The `rank`-th smallest, from 1: by bisection over all doubles, whose order is that of their
  // bits read as whole numbers.
  [[nodiscard]] double nth(std::size_t rank) const {
    std::int64_t low = order_of(sorted_.front());
    std::int64_t high = order_of(sorted_.back());
    while (low < high) {
      const std::int64_t middle = std::midpoint(low, high);
      if (up_to(value_at(middle)) >= rank) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return value_at(low);
  }

 private:
  // How many means are `most` or less: as one value grows, the place of the last fitting partner
  // only goes down.
  [[nodiscard]] std::size_t up_to(double most) const {
    std::size_t total = 0;
    std::size_t partners = sorted_.size();
    for (std::size_t i = 0; i < sorted_.size(); ++i) {
      while (partners > i && mean_of(sorted_[i], sorted_[partners - 1]) > most) {
        --partners;
      }
      if (partners <= i) {
        break;
      }
      total += partners - i;
    }
    return total;
  }

  static std::int64_t order_of(double value) {
    const auto bits = std::bit_cast<std::int64_t>(value + 0.0);  // -0 becomes 0
    return bits >= 0 ? bits : INT64_MIN - bits;
  }
  static double value_at(std::int64_t order) {
    return std::bit_cast<double>(order >= 0 ? order : INT64_MIN - order);
  }

  std::vector<double> sorted_;
};

}  // namespace

std::optional<Middle> hodges_lehmann(std::span<const double> values, double confidence) {
  check_confidence(confidence);
  check_finite(values, "the sample");
  if (values.empty()) {
    return std::nullopt;
  }
  const PairMeans means(values);
  const std::size_t count = means.count();
  Middle middle;
  middle.estimate = mean_of(means.nth((count + 1) / 2), means.nth(count / 2 + 1));
  if (const auto depth = signed_rank_depth(values.size(), (1 - confidence) / 2)) {
    middle.interval = Interval{means.nth(*depth), means.nth(count + 1 - *depth), confidence};
  }
  return middle;
}

}  // namespace plumbline
