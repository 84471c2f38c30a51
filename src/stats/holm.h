#pragma once

#include <span>
#include <vector>

namespace plumbline {

// Holm's step-down adjustment (Holm, "A simple sequentially rejective multiple test procedure",
// Scandinavian Journal of Statistics 6, 1979): an adjusted p at most alpha for all of a family
// keeps the chance of any false claim at alpha, whatever the dependence between the tests. In the
// order given.
[[nodiscard]] std::vector<double> holm(std::span<const double> p_values);

}  // namespace plumbline
