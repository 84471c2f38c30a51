#pragma once

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/arithmetic/plain.h"

namespace plumbline::reference {

// The orders in which float32 libraries really sum an inner product.
enum class SummationOrder {
  Sequential,
  Reversed,
  Pairwise,  // halves, recursively
  Blocked,   // `lanes` running sums, term i into lane i % lanes, the lanes then pairwise: what SIMD
             // code does
  Shuffled,  // a permutation drawn from `seed` and the number of terms
};

inline constexpr std::size_t kMostLanes = 32;

struct Float32Dialect {
  SummationOrder order = SummationOrder::Sequential;
  std::size_t lanes = 8;            // Blocked
  std::uint32_t seed = 0;           // Shuffled
  bool fused_multiply_add = false;  // a product joins its sum without being rounded first
  bool one_pass_variance = false;   // E[x^2] - E[x]^2, as Keras 3 and Flax have it, else two passes
};

// float32 as one legal framework computes it: a member of the cloud that rounding alone can reach.
// Every operation rounds to nearest; needs a build without contraction of products and sums, and no
// -ffast-math.
class Float32 : public Plain<float> {
 public:
  explicit Float32(Float32Dialect dialect) : dialect_(dialect) {}

  class Sum {
   public:
    explicit Sum(const Float32Dialect& dialect);
    void add(float x) { add_product(x, 1.0F); }
    void add_product(float x, float y) {
      if (lanes_ == 0) {
        terms_.emplace_back(x, y);
        return;
      }
      lane_[next_] = plus_term(lane_[next_], x, y);
      next_ = next_ + 1 == lanes_ ? 0 : next_ + 1;
    }
    [[nodiscard]] float total();  // puts the terms into order: once, last

   private:
    [[nodiscard]] float plus_term(float total, float x, float y) const {
      return dialect_.fused_multiply_add ? std::fma(x, y, total) : total + x * y;
    }
    [[nodiscard]] float pairwise(std::size_t begin, std::size_t end) const;
    [[nodiscard]] float in_order() const;
    Float32Dialect dialect_;
    // Sequential (one lane) and Blocked add up as terms come; the others keep the terms.
    std::array<float, kMostLanes> lane_{};
    std::size_t lanes_ = 0;
    std::size_t next_ = 0;
    std::vector<std::pair<float, float>> terms_;
  };
  [[nodiscard]] Sum sum() const { return Sum(dialect_); }
  [[nodiscard]] Sum sum_of_alike() const { return sum(); }

  template <typename Element>
  [[nodiscard]] float variance(std::int64_t n, const Element& element, float mean) const {
    if (!dialect_.one_pass_variance) {
      return two_pass_variance(*this, n, element, mean);
    }
    Sum squares = sum();
    for (std::int64_t i = 0; i < n; ++i) {
      squares.add_product(element(i), element(i));
    }
    return std::max(0.0F, squares.total() / static_cast<float>(n) - mean * mean);
  }

 private:
  Float32Dialect dialect_;
};
static_assert(Arithmetic<Float32>);

}  // namespace plumbline::reference
