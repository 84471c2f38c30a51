#include "stats/mean/two_way.h"

#include <fmt/format.h>

#include <cmath>

#include "base/error.h"
#include "stats/mean/anova.h"
#include "stats/sample.h"
#include "stats/summary.h"

namespace plumbline {

namespace {

void check_layout(const TwoWayLayout& layout) {
  if (layout.values.size() != layout.treatments * layout.blocks) {
    throw Error(fmt::format("A layout of {} treatments in {} blocks needs {} values; it has {}.",
                            layout.treatments,
                            layout.blocks,
                            layout.treatments * layout.blocks,
                            layout.values.size()));
  }
  check_finite(layout.values, "the layout");
}

std::vector<double> block_means(const TwoWayLayout& layout) {
  std::vector<double> means(layout.blocks);
  std::vector<double> block(layout.treatments);
  for (std::size_t b = 0; b < layout.blocks; ++b) {
    for (std::size_t t = 0; t < layout.treatments; ++t) {
      block[t] = layout.at(t, b);
    }
    means[b] = summarise(block).mean;
  }
  return means;
}

std::optional<double> equal_spread(const TwoWayFit& fit) {
  if (fit.means.size() < 3) {
    return std::nullopt;
  }
  std::vector<std::vector<double>> groups;
  for (std::size_t t = 0; t < fit.means.size(); ++t) {
    const auto begin = fit.residuals.begin() + static_cast<std::ptrdiff_t>(t * fit.blocks);
    groups.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(fit.blocks));
  }
  return brown_forsythe(groups);
}

}  // namespace

std::optional<TwoWayFit> fit_two_way(const TwoWayLayout& layout) {
  check_layout(layout);
  if (layout.treatments < 2 || layout.blocks < 2) {
    return std::nullopt;
  }
  TwoWayFit fit;
  fit.blocks = layout.blocks;
  fit.df = static_cast<double>((layout.treatments - 1) * (layout.blocks - 1));
  for (std::size_t t = 0; t < layout.treatments; ++t) {
    fit.means.push_back(
        summarise(std::span(layout.values).subspan(t * layout.blocks, layout.blocks)).mean);
  }
  const std::vector<double> blocks = block_means(layout);
  const double mean = summarise(fit.means).mean;
  double squares = 0;
  for (std::size_t t = 0; t < layout.treatments; ++t) {
    for (std::size_t b = 0; b < layout.blocks; ++b) {
      const double residual = (layout.at(t, b) - fit.means[t]) - (blocks[b] - mean);
      fit.residuals.push_back(residual);
      squares += residual * residual;
    }
  }
  fit.residual_sd = std::sqrt(squares / fit.df);
  fit.p_equal_spread = equal_spread(fit);
  return fit;
}

MeanEstimate pooled_estimate(const TwoWayFit& fit, std::size_t first, std::size_t second) {
  return {fit.means[first] - fit.means[second],
          fit.residual_sd * std::sqrt(2 / static_cast<double>(fit.blocks)),
          fit.df};
}

}  // namespace plumbline
