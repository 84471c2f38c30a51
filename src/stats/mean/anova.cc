#include "stats/mean/anova.h"

#include <algorithm>
#include <cmath>

#include "stats/distribution.h"
#include "stats/sample.h"
#include "stats/summary.h"

namespace plumbline {

namespace {

// The groups less the mean of all, which takes no part in any sum of squares.
std::vector<std::vector<double>> centred(std::span<const std::vector<double>> groups) {
  std::vector<double> all;
  for (const std::vector<double>& group : groups) {
    all.insert(all.end(), group.begin(), group.end());
  }
  const double mean = summarise(all).mean;
  std::vector<std::vector<double>> result(groups.begin(), groups.end());
  for (std::vector<double>& group : result) {
    for (double& value : group) {
      value -= mean;
    }
  }
  return result;
}

void add_group(const std::vector<double>& group, double mean_of_all, Anova& anova) {
  const double mean = summarise(group).mean;
  anova.between_squares +=
      static_cast<double>(group.size()) * (mean - mean_of_all) * (mean - mean_of_all);
  for (const double value : group) {
    anova.within_squares += (value - mean) * (value - mean);
  }
}

}  // namespace

std::optional<Anova> one_way_anova(std::span<const std::vector<double>> groups) {
  std::size_t count = 0;
  for (const std::vector<double>& group : groups) {
    check_finite(group, "the group");
    if (group.empty()) {
      return std::nullopt;
    }
    count += group.size();
  }
  if (groups.size() < 2 || count <= groups.size()) {
    return std::nullopt;
  }
  Anova anova;
  anova.between_df = static_cast<double>(groups.size() - 1);
  anova.within_df = static_cast<double>(count - groups.size());
  const std::vector<std::vector<double>> around = centred(groups);
  double rest = 0;  // the mean of what centring left by rounding
  for (const std::vector<double>& group : around) {
    rest += summarise(group).mean * static_cast<double>(group.size()) / static_cast<double>(count);
  }
  for (const std::vector<double>& group : around) {
    add_group(group, rest, anova);
  }
  if (anova.within_squares <= 0) {
    return std::nullopt;
  }
  anova.f = (anova.between_squares / anova.between_df) / (anova.within_squares / anova.within_df);
  anova.p = f_survival(anova.f, anova.between_df, anova.within_df);
  return anova;
}

std::optional<double> brown_forsythe(std::span<const std::vector<double>> groups) {
  std::vector<std::vector<double>> distances;
  distances.reserve(groups.size());
  for (const std::vector<double>& group : groups) {
    check_finite(group, "the group");
    if (group.empty()) {
      return std::nullopt;
    }
    const double middle = median(group);
    std::vector<double> distance;
    distance.reserve(group.size());
    for (const double value : group) {
      distance.push_back(std::abs(value - middle));
    }
    distances.push_back(std::move(distance));
  }
  const std::optional<Anova> anova = one_way_anova(distances);
  return anova ? std::optional(anova->p) : std::nullopt;
}

}  // namespace plumbline
