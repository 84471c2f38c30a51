#pragma once

#include <cstddef>

#include "engine/dialect.h"

namespace plumbline::reference {

// How much of the gradient of a maximum goes to each of its n inputs. `tied(i)` says whether input
// i is equal to the largest; at least one is.
template <typename Tied>
class TieShares {
 public:
  TieShares(std::size_t n, PoolTies ties, const Tied& tied) : ties_(ties), tied_(tied) {
    for (std::size_t i = 0; i < n; ++i) {
      if (tied(i)) {
        first_ = count_ == 0 ? i : first_;
        last_ = i;
        ++count_;
      }
    }
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] double of(std::size_t i) const {
    if (!tied_(i)) {
      return 0;
    }
    switch (ties_) {
      case PoolTies::First:
        return i == first_ ? 1 : 0;
      case PoolTies::Last:
        return i == last_ ? 1 : 0;
      case PoolTies::Shared:
        return 1 / static_cast<double>(count_);
      case PoolTies::Each:
        break;
    }
    return 1;
  }

 private:
  PoolTies ties_;
  const Tied& tied_;
  std::size_t first_ = 0, last_ = 0, count_ = 0;
};

}  // namespace plumbline::reference
