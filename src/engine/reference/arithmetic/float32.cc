#include "engine/reference/arithmetic/float32.h"

#include <algorithm>
#include <random>

namespace plumbline::reference {
namespace {

// Adds neighbours until one is left.
float reduce_pairwise(std::array<float, kMostLanes> lane, std::size_t count) {
  for (; count > 1; count = (count + 1) / 2) {
    for (std::size_t i = 0; 2 * i < count; ++i) {
      lane[i] = 2 * i + 1 < count ? lane[2 * i] + lane[2 * i + 1] : lane[2 * i];
    }
  }
  return lane[0];
}

}  // namespace

Float32::Sum::Sum(const Float32Dialect& dialect) : dialect_(dialect) {
  if (dialect.order == SummationOrder::Sequential) {
    lanes_ = 1;
  } else if (dialect.order == SummationOrder::Blocked) {
    lanes_ = std::clamp<std::size_t>(dialect.lanes, 1, kMostLanes);
  }
}

float Float32::Sum::pairwise(std::size_t begin, std::size_t end) const {
  if (end - begin == 1) {
    return plus_term(0.0F, terms_[begin].first, terms_[begin].second);
  }
  const std::size_t middle = begin + (end - begin) / 2;
  return pairwise(begin, middle) + pairwise(middle, end);
}

float Float32::Sum::in_order() const {
  float total = 0.0F;
  for (const auto& [x, y] : terms_) {
    total = plus_term(total, x, y);
  }
  return total;
}

float Float32::Sum::total() {
  if (lanes_ != 0) {
    return reduce_pairwise(lane_, lanes_);
  }
  if (terms_.empty()) {
    return 0.0F;
  }
  if (dialect_.order == SummationOrder::Pairwise) {
    return pairwise(0, terms_.size());
  }
  if (dialect_.order == SummationOrder::Reversed) {
    std::reverse(terms_.begin(), terms_.end());
  } else {
    std::minstd_rand random(dialect_.seed * 2654435761U +
                            static_cast<std::uint32_t>(terms_.size()));
    std::shuffle(terms_.begin(), terms_.end(), random);
  }
  return in_order();
}

}  // namespace plumbline::reference
