#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "stats/mean/mean_estimate.h"

namespace plumbline {

// One value for each treatment in each block (each stack with each seed), nothing missing.
struct TwoWayLayout {
  std::size_t treatments = 0;
  std::size_t blocks = 0;
  std::vector<double> values;  // (treatments, blocks), row-major

  [[nodiscard]] double at(std::size_t treatment, std::size_t block) const {
    return values[treatment * blocks + block];
  }
};

// value = treatment + block + error, by least squares. All errors are taken to spread alike;
// `p_equal_spread` says whether the residuals speak against it (Brown-Forsythe).
struct TwoWayFit {
  std::vector<double> means;      // of the treatments
  std::vector<double> residuals;  // (treatments, blocks)
  double residual_sd = 0;         // of one value
  double df = 0;                  // (treatments - 1) (blocks - 1)
  std::size_t blocks = 0;
  std::optional<double> p_equal_spread;  // absent for two treatments, whose residuals mirror
};

// Absent for fewer than two treatments or two blocks. Throws Error for values that are not finite
// or not treatments x blocks in number.
[[nodiscard]] std::optional<TwoWayFit> fit_two_way(const TwoWayLayout& layout);

// Of one treatment's mean less another's, with the error that all treatments share.
[[nodiscard]] MeanEstimate pooled_estimate(const TwoWayFit& fit,
                                           std::size_t first,
                                           std::size_t second);

}  // namespace plumbline
