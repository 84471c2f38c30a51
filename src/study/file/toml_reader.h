#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "study/file/diagnostics.h"
#include "study/recipe_rules.h"
#include "study/words.h"

namespace plumbline {

class TomlTable;

// One value of a study file with its name and place. Every failure is a UsageError that points at
// it. Refers to the source and the parsed tree, which outlive it.
class TomlValue {
 public:
  TomlValue(const SourceText& source, const toml::node& node, std::string name)
      : source_(&source), node_(&node), name_(std::move(name)) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Position position() const;
  [[nodiscard]] bool is_boolean() const { return node_->is_boolean(); }
  [[nodiscard]] bool is_integer() const { return node_->is_integer(); }
  [[nodiscard]] bool is_text() const { return node_->is_string(); }
  [[nodiscard]] bool is_list() const { return node_->is_array(); }
  [[nodiscard]] bool is_table() const { return node_->is_table(); }

  [[nodiscard]] std::int64_t integer(std::int64_t low, std::int64_t high) const;
  [[nodiscard]] double number(const NumberRange& range) const;
  [[nodiscard]] bool boolean() const;
  // Not empty, without control characters, at most 4096 bytes; `what` says what it is, as in "a
  // name".
  [[nodiscard]] std::string text(const std::string& what) const;
  // Elements are named "<name>[<index>]". Not empty.
  [[nodiscard]] std::vector<TomlValue> list(const std::string& what, std::size_t most) const;
  // `where` names the table in messages: "[recipe]", "A conv2d layer".
  [[nodiscard]] TomlTable table(const std::string& where) const;
  // For a layer that has nothing to set: `flatten = true`.
  void require_true() const;
  template <typename Words>
  [[nodiscard]] auto word(const Words& words) const {
    const auto kind = node_->is_string() ? meaning_of(words, **node_->as_string()) : std::nullopt;
    if (!kind) {
      must_be_word(texts_of(words));
    }
    return *kind;
  }

  [[noreturn]] void must_be(const std::string& what) const;
  // "'padding' must be 'valid' or 'same'; it is 'sane'. Did you mean 'same'?"
  [[noreturn]] void must_be_word(const std::vector<std::string>& words) const;
  [[noreturn]] void fail(const std::string& message) const;

 private:
  [[nodiscard]] std::string description() const;
  const SourceText* source_;
  const toml::node* node_;
  std::string name_;
};

// The keys of a table, in the order of the file. A table may be laid over another: its keys then
// replace the other's.
class TomlTable {
 public:
  TomlTable(const SourceText& source, const toml::table& table, std::string where);

  struct Entry {
    std::string key;
    Position position;  // of the key
    const toml::node* node;
  };
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const std::string& where() const { return where_; }
  void rename(std::string where) { where_ = std::move(where); }
  [[nodiscard]] TomlValue value(const Entry& entry) const;
  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] std::optional<TomlValue> find(std::string_view key) const;
  // Fails at the table when the key is not there. `form` shows what to write, as in "batch = 50".
  [[nodiscard]] TomlValue require(std::string_view key, const std::string& form) const;

  // Fails at the first key that is none of these.
  void allow_only(const std::vector<std::string>& keys) const;
  // The one key of a table such as { adam = { learning_rate = 1e-4 } }, as one of `words`, and its
  // value. Fails at any other key, and where there is none or more than one.
  template <typename Words>
  [[nodiscard]] auto choice(const Words& words) const {
    const Entry& entry = only_entry(texts_of(words));
    for (const auto& word : words) {
      if (entry.key == word.text) {
        return std::pair(word, value(entry));
      }
    }
    fail_at(entry.key, where_ + " is not a known word.");
  }
  void lay_over(const TomlTable& other);
  void remove(std::string_view key);

  [[noreturn]] void fail(const std::string& message) const;
  [[noreturn]] void fail_at(std::string_view key, const std::string& message) const;

 private:
  [[nodiscard]] const Entry& only_entry(const std::vector<std::string>& keys) const;
  const SourceText* source_;
  Position position_;
  std::string where_;
  std::vector<Entry> entries_;
};

}  // namespace plumbline
