#pragma once

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/arithmetic/plain.h"

namespace plumbline::reference {

// float64, sums from first to last: the oracle. Its own rounding, k * 2^-53, is 2^-29 of what it
// judges.
struct Double : Plain<double> {
  class Sum {
   public:
    void add(double x) { total_ += x; }
    void add_product(double x, double y) { total_ += x * y; }
    [[nodiscard]] double total() const { return total_; }

   private:
    double total_ = 0;
  };
  [[nodiscard]] Sum sum() const { return {}; }
  [[nodiscard]] Sum sum_of_alike() const { return sum(); }

  template <typename Element>
  [[nodiscard]] double variance(std::int64_t n, const Element& element, double mean) const {
    return two_pass_variance(*this, n, element, mean);
  }
};
static_assert(Arithmetic<Double>);

}  // namespace plumbline::reference
