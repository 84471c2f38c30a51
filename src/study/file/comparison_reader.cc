#include "study/file/comparison_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace plumbline {
namespace {

constexpr NumberRange kPoints{.low = 0, .with_low = false, .high = 100};
constexpr NumberRange kConfidence{.low = 0.5, .with_low = false, .high = 1};

std::string read_reference(const TomlValue& value, const std::vector<StackChoice>& stacks) {
  std::vector<std::string> names;
  names.reserve(stacks.size());
  for (const StackChoice& stack : stacks) {
    names.push_back(stack.name);
  }
  std::string reference = value.text("the name of a stack");
  if (std::find(names.begin(), names.end(), reference) == names.end()) {
    value.fail(fmt::format("'stacks' does not name {}.{} It names {}.",
                           in_quotes(reference),
                           did_you_mean(reference, names),
                           join_words(names)));
  }
  return reference;
}

std::size_t read_max_seeds(const TomlValue& value, std::size_t seeds) {
  const auto most = static_cast<std::size_t>(value.integer(1, kMaxSeeds));
  if (most < seeds) {
    value.fail(fmt::format("'max_seeds' is {}, but the study begins with {} seeds.", most, seeds));
  }
  return most;
}

}  // namespace

ComparisonRules read_comparison(const TomlTable& study,
                                const std::vector<StackChoice>& stacks,
                                std::size_t seeds) {
  ComparisonRules rules;
  rules.max_seeds = std::max(rules.max_seeds, seeds);
  const auto value = study.find("comparison");
  if (!value) {
    return rules;
  }
  const TomlTable table = value->table("[comparison]");
  table.allow_only(
      {"accuracy_margin_points", "time_margin_percent", "confidence", "max_seeds", "reference"});
  if (const auto margin = table.find("accuracy_margin_points")) {
    rules.accuracy_margin_points = margin->number(kPoints);
  }
  if (const auto margin = table.find("time_margin_percent")) {
    rules.time_margin_percent = margin->number(kAboveZero);
  }
  if (const auto confidence = table.find("confidence")) {
    rules.confidence = confidence->number(kConfidence);
  }
  if (const auto most = table.find("max_seeds")) {
    rules.max_seeds = read_max_seeds(*most, seeds);
  }
  if (const auto reference = table.find("reference")) {
    rules.reference = read_reference(*reference, stacks);
  }
  return rules;
}

}  // namespace plumbline
