#pragma once

#include <optional>
#include <span>

namespace plumbline {

struct Summary {
  std::size_t count = 0;
  double mean = 0;
  std::optional<double> sd;  // with n - 1; absent for fewer than two values
};

// In several passes, so that a large mean costs no digits.
[[nodiscard]] Summary summarise(std::span<const double> values);

}  // namespace plumbline
