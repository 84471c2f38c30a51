#include "study/wire_object.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace plumbline {
namespace {

std::optional<std::int64_t> as_integer(const nlohmann::json& json) {
  if (json.is_number_unsigned() &&
      json.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    return std::nullopt;
  }
  if (!json.is_number_integer()) {
    return std::nullopt;
  }
  return json.get<std::int64_t>();
}

}  // namespace

WireObject::WireObject(const nlohmann::json& json, std::string path)
    : json_(json), path_(std::move(path)) {
  if (!json_.is_object()) {
    throw Error(fmt::format("The member '{}' of the message is not an object.", path_));
  }
}

std::string WireObject::path_of(const std::string& name) const {
  return path_ + "." + name;
}

void WireObject::fail(const std::string& name, const std::string& problem) const {
  throw Error(fmt::format("The member '{}' of the message {}.", path_of(name), problem));
}

const nlohmann::json& WireObject::at(const char* name) const {
  const auto found = json_.find(name);
  if (found == json_.end()) {
    fail(name, "is missing");
  }
  return *found;
}

std::int64_t WireObject::integer(const char* name, std::int64_t low, std::int64_t high) const {
  const auto value = as_integer(at(name));
  if (!value || *value < low || *value > high) {
    fail(name, fmt::format("is not an integer from {} to {}", low, high));
  }
  return *value;
}

std::vector<std::int64_t> WireObject::integers(const char* name, std::size_t most) const {
  const nlohmann::json& json = at(name);
  if (!json.is_array() || json.size() > most) {
    fail(name, fmt::format("is not a list of at most {} integers", most));
  }
  std::vector<std::int64_t> values;
  for (const nlohmann::json& item : json) {
    const auto value = as_integer(item);
    if (!value) {
      fail(name, "holds something that is not an integer");
    }
    values.push_back(*value);
  }
  return values;
}

std::array<std::int64_t, 2> WireObject::pair(const char* name) const {
  const auto values = integers(name, 2);
  if (values.size() != 2) {
    fail(name, "does not hold two integers");
  }
  return {values[0], values[1]};
}

double WireObject::number(const char* name, const NumberRange& range) const {
  const nlohmann::json& json = at(name);
  if (!json.is_number() || !range.contains(json.get<double>())) {
    fail(name, "is not " + range.to_string());
  }
  return json.get<double>();
}

bool WireObject::boolean(const char* name) const {
  const nlohmann::json& json = at(name);
  if (!json.is_boolean()) {
    fail(name, "is not true or false");
  }
  return json.get<bool>();
}

std::string WireObject::text(const char* name) const {
  const nlohmann::json& json = at(name);
  if (!json.is_string()) {
    fail(name, "is not a text");
  }
  return json.get<std::string>();
}

std::vector<std::string> WireObject::texts(const char* name) const {
  const nlohmann::json& json = at(name);
  if (!json.is_array() || !std::all_of(json.begin(), json.end(), [](const nlohmann::json& item) {
        return item.is_string();
      })) {
    fail(name, "is not a list of texts");
  }
  return json.get<std::vector<std::string>>();
}

WireObject WireObject::object(const char* name) const {
  return {at(name), path_of(name)};
}

std::vector<WireObject> WireObject::objects(const char* name, std::size_t most) const {
  const nlohmann::json& json = at(name);
  if (!json.is_array() || json.size() > most) {
    fail(name, fmt::format("is not a list of at most {} objects", most));
  }
  std::vector<WireObject> objects;
  objects.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    objects.emplace_back(json[i], fmt::format("{}[{}]", path_of(name), i));
  }
  return objects;
}

std::optional<double> WireObject::optional_number(const char* name,
                                                  const NumberRange& range) const {
  return has(name) ? std::optional(number(name, range)) : std::nullopt;
}

std::optional<bool> WireObject::optional_boolean(const char* name) const {
  return has(name) ? std::optional(boolean(name)) : std::nullopt;
}

std::optional<std::int64_t> WireObject::optional_integer(const char* name,
                                                         std::int64_t low,
                                                         std::int64_t high) const {
  return has(name) ? std::optional(integer(name, low, high)) : std::nullopt;
}

void WireObject::allow_only(const std::vector<std::string>& names) const {
  for (const auto& [name, value] : json_.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw Error(
          fmt::format("'{}' of the message has a member that the protocol does not know; "
                      "it may have: {}.",
                      path_,
                      fmt::join(names, ", ")));
    }
  }
}

}  // namespace plumbline
