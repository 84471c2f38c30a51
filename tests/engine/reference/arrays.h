#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

#include "engine/reference/array.h"

namespace plumbline::reference {

// The inputs of all comparisons: (i * multiplier) mod modulus - modulus / 2, times scale.
[[nodiscard]] inline Array<double> pattern(const Shape& shape,
                                           std::int64_t multiplier,
                                           std::int64_t modulus,
                                           double scale = 1) {
  Array<double> values(shape);
  for (std::int64_t i = 0; i < values.size(); ++i) {
    values(i) = scale * static_cast<double>(i * multiplier % modulus - modulus / 2);
  }
  return values;
}

[[nodiscard]] inline Array<double> array(const Shape& shape, const std::vector<double>& numbers) {
  Array<double> values(shape);
  std::copy(numbers.begin(), numbers.end(), values.values().begin());
  return values;
}

inline void expect_near(const Array<double>& found,
                        const std::vector<double>& expected,
                        double tolerance = 1e-14) {
  EXPECT_THAT(std::vector<double>(found.values().begin(), found.values().end()),
              ::testing::Pointwise(::testing::DoubleNear(tolerance), expected));
}

}  // namespace plumbline::reference
