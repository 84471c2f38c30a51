#include "study/file/toml_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxTextBytes = 4096;

Position position_of(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

bool before(Position a, Position b) {
  return a.line != b.line ? a.line < b.line : a.column < b.column;
}

}  // namespace

Position TomlValue::position() const {
  return position_of(node_->source());
}

void TomlValue::fail(const std::string& message) const {
  source_->fail(position(), message);
}

std::string TomlValue::description() const {
  if (const auto* value = node_->as_string()) {
    return in_quotes(**value);
  }
  if (const auto* value = node_->as_integer()) {
    return fmt::format("{}", **value);
  }
  if (const auto* value = node_->as_floating_point()) {
    // 8.0 must not look like the integer 8.
    return fmt::format("{:#}", **value);
  }
  if (const auto* value = node_->as_boolean()) {
    return **value ? "true" : "false";
  }
  if (const auto* value = node_->as_array()) {
    return fmt::format("a list of {}", value->size());
  }
  return node_->is_table() ? "a table" : "a date or a time";
}

void TomlValue::must_be(const std::string& what) const {
  fail(fmt::format("'{}' must be {}; it is {}.", name_, what, description()));
}

void TomlValue::must_be_word(const std::vector<std::string>& words) const {
  std::vector<std::string> choices;
  choices.reserve(words.size());
  for (const std::string& word : words) {
    choices.push_back("'" + word + "'");
  }
  const auto* text = node_->as_string();
  fail(fmt::format("'{}' must be {}; it is {}.{}",
                   name_,
                   join_words(choices, "or"),
                   description(),
                   text != nullptr ? did_you_mean(**text, words) : ""));
}

std::int64_t TomlValue::integer(std::int64_t low, std::int64_t high) const {
  const auto* value = node_->as_integer();
  if (value == nullptr || **value < low || **value > high) {
    must_be(fmt::format("an integer from {} to {}", low, high));
  }
  return **value;
}

double TomlValue::number(const NumberRange& range) const {
  const std::optional<double> value = node_->is_number() ? node_->value<double>() : std::nullopt;
  if (!value || !range.contains(*value)) {
    must_be(range.to_string());
  }
  return *value;
}

bool TomlValue::boolean() const {
  if (!node_->is_boolean()) {
    must_be("true or false");
  }
  return **node_->as_boolean();
}

void TomlValue::require_true() const {
  if (!is_boolean() || !boolean()) {
    fail(fmt::format(
        "'{}' has nothing to set: write {} = true, or leave the layer out.", name_, name_));
  }
}

std::string TomlValue::text(const std::string& what) const {
  const auto* value = node_->as_string();
  if (value == nullptr) {
    must_be(what);
  }
  const std::string& text = **value;
  const bool has_control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (text.empty() || text.size() > kMaxTextBytes || has_control) {
    must_be(fmt::format("{}: 1 to {} bytes without control characters", what, kMaxTextBytes));
  }
  return text;
}

std::vector<TomlValue> TomlValue::list(const std::string& what, std::size_t most) const {
  const toml::array* array = node_->as_array();
  if (array == nullptr) {
    must_be(what);
  }
  if (array->empty() || array->size() > most) {
    must_be(fmt::format("{} with 1 to {} elements", what, most));
  }
  std::vector<TomlValue> values;
  values.reserve(array->size());
  for (std::size_t i = 0; i < array->size(); ++i) {
    values.emplace_back(*source_, (*array)[i], fmt::format("{}[{}]", name_, i));
  }
  return values;
}

TomlTable TomlValue::table(const std::string& where) const {
  if (!is_table()) {
    must_be("a table");
  }
  return {*source_, *node_->as_table(), where};
}

TomlTable::TomlTable(const SourceText& source, const toml::table& table, std::string where)
    : source_(&source), position_(position_of(table.source())), where_(std::move(where)) {
  for (const auto& [key, node] : table) {
    entries_.push_back({std::string(key.str()), position_of(key.source()), &node});
  }
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return before(a.position, b.position);
  });
}

TomlValue TomlTable::value(const Entry& entry) const {
  return {*source_, *entry.node, entry.key};
}

bool TomlTable::has(std::string_view key) const {
  return find(key).has_value();
}

std::optional<TomlValue> TomlTable::find(std::string_view key) const {
  for (const Entry& entry : entries_) {
    if (entry.key == key) {
      return value(entry);
    }
  }
  return std::nullopt;
}

TomlValue TomlTable::require(std::string_view key, const std::string& form) const {
  auto value = find(key);
  if (!value) {
    fail(fmt::format("{} lacks the key '{}'; write for instance {}.", where_, key, form));
  }
  return *std::move(value);
}

void TomlTable::allow_only(const std::vector<std::string>& keys) const {
  for (const Entry& entry : entries_) {
    if (std::find(keys.begin(), keys.end(), entry.key) == keys.end()) {
      source_->fail(entry.position,
                    fmt::format("{} has no key {}.{} Its {} {}.",
                                where_,
                                in_quotes(entry.key),
                                did_you_mean(entry.key, keys),
                                keys.size() == 1 ? "only key is" : "keys are",
                                join_words(keys)));
    }
  }
}

const TomlTable::Entry& TomlTable::only_entry(const std::vector<std::string>& keys) const {
  allow_only(keys);
  if (entries_.size() != 1) {
    fail(fmt::format("{} is one of {}.", where_, join_words(keys, "or")));
  }
  return entries_.front();
}

void TomlTable::lay_over(const TomlTable& other) {
  for (const Entry& entry : other.entries_) {
    remove(entry.key);
    entries_.push_back(entry);
  }
}

void TomlTable::remove(std::string_view key) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.key == key; });
}

void TomlTable::fail(const std::string& message) const {
  source_->fail(position_, message);
}

void TomlTable::fail_at(std::string_view key, const std::string& message) const {
  for (const Entry& entry : entries_) {
    if (entry.key == key) {
      source_->fail(entry.position, message);
    }
  }
  fail(message);
}

}  // namespace plumbline
