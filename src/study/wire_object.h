#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "study/recipe_rules.h"
#include "study/words.h"

namespace plumbline {

// A checked view of one JSON object of the wire. Every failure is an Error that names the member by
// its path, as in "layers[3].kernel". Refers to the JSON it was made from.
class WireObject {
 public:
  WireObject(const nlohmann::json& json, std::string path);

  [[nodiscard]] bool has(const char* name) const { return json_.contains(name); }
  [[nodiscard]] std::int64_t integer(const char* name, std::int64_t low, std::int64_t high) const;
  [[nodiscard]] std::vector<std::int64_t> integers(const char* name, std::size_t most) const;
  [[nodiscard]] std::array<std::int64_t, 2> pair(const char* name) const;
  [[nodiscard]] double number(const char* name, const NumberRange& range) const;
  [[nodiscard]] bool boolean(const char* name) const;
  [[nodiscard]] std::string text(const char* name) const;
  [[nodiscard]] std::vector<std::string> texts(const char* name) const;
  [[nodiscard]] WireObject object(const char* name) const;
  [[nodiscard]] std::vector<WireObject> objects(const char* name, std::size_t most) const;
  template <typename Table>
  [[nodiscard]] auto word(const char* name, const Table& words) const {
    const auto kind = meaning_of(words, text(name));
    if (!kind) {
      fail(name, "is not a word of the protocol");
    }
    return *kind;
  }

  // Nothing when the member is absent.
  [[nodiscard]] std::optional<double> optional_number(const char* name,
                                                      const NumberRange& range) const;
  [[nodiscard]] std::optional<bool> optional_boolean(const char* name) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(const char* name,
                                                             std::int64_t low,
                                                             std::int64_t high) const;

  // Fails for a member that is none of these.
  void allow_only(const std::vector<std::string>& names) const;
  [[noreturn]] void fail(const std::string& name, const std::string& problem) const;

 private:
  [[nodiscard]] const nlohmann::json& at(const char* name) const;
  [[nodiscard]] std::string path_of(const std::string& name) const;
  const nlohmann::json& json_;
  std::string path_;
};

}  // namespace plumbline
