#include "report/model/settings.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace plumbline {

namespace {

using Texts = std::map<std::string, std::string>;
// name -> stack -> values
using Stated = std::map<std::string, std::map<std::string, std::set<std::string>>>;

std::string without_quotes(const std::string& json) {
  const nlohmann::json value = nlohmann::json::parse(json, nullptr, false);
  return value.is_string() ? value.get<std::string>() : json;
}

std::string joined(const std::set<std::string>& values) {
  std::string text;
  for (const std::string& value : values) {
    text += (text.empty() ? "" : " | ") + value;
  }
  return text;
}

Difference difference_of(const std::string& name,
                         const std::map<std::string, std::set<std::string>>& by_stack,
                         const std::vector<std::string>& stacks) {
  Difference difference{name, {}, false};
  std::set<std::string> all;
  for (const std::string& stack : stacks) {
    const auto values = by_stack.find(stack);
    if (values == by_stack.end()) {
      difference.values.emplace_back(std::nullopt);
      continue;
    }
    difference.values.emplace_back(joined(values->second));
    all.insert(values->second.begin(), values->second.end());
  }
  difference.differs = all.size() > 1;
  return difference;
}

template <typename Select>
std::vector<Difference> compare(const std::vector<StoredTrial>& trials,
                                const std::vector<std::string>& stacks,
                                const Select& select) {
  Stated stated;
  for (const StoredTrial& trial : trials) {
    for (const auto& [name, text] : select(trial.record)) {
      stated[name][trial.record.stack].insert(without_quotes(text));
    }
  }
  std::vector<Difference> differences;
  differences.reserve(stated.size());
  for (const auto& [name, by_stack] : stated) {
    differences.push_back(difference_of(name, by_stack, stacks));
  }
  std::stable_partition(differences.begin(), differences.end(), [](const Difference& difference) {
    return difference.differs;
  });
  return differences;
}

}  // namespace

std::vector<Difference> compare_settings(const std::vector<StoredTrial>& trials,
                                         const std::vector<std::string>& stacks) {
  return compare(
      trials, stacks, [](const TrialRecord& record) -> const Texts& { return record.settings; });
}

std::vector<Difference> compare_versions(const std::vector<StoredTrial>& trials,
                                         const std::vector<std::string>& stacks) {
  return compare(
      trials, stacks, [](const TrialRecord& record) -> const Texts& { return record.versions; });
}

}  // namespace plumbline
