#include "study/file/data_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "study/file/paths.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxDataSets = 100;

bool is_data_name(const std::string& text) {
  return is_plain_name(text) && text.find('.') == std::string::npos;
}

std::string name_of_file(const std::filesystem::path& path, const TomlValue& value) {
  const std::string file =
      path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
  std::string name = file.substr(0, file.find('.'));
  if (!is_data_name(name)) {
    value.fail(fmt::format("The data at {} need a name: write {{ name = \"mine\", path = {} }}.",
                           in_quotes(path.string()),
                           in_quotes(path.string())));
  }
  return name;
}

DataSource read_own(const TomlTable& table,
                    const TomlValue& value,
                    const std::filesystem::path& folder) {
  table.allow_only({"name", "path", "label_column"});
  const TomlValue path = table.require("path", "path = \"./images.npz\"");
  DataSource source;
  source.path = resolved_path(path, folder);
  if (const auto column = table.find("label_column")) {
    source.label_column = column->text("the name of a column");
  }
  const auto name = table.find("name");
  if (!name) {
    source.name = name_of_file(*source.path, value);
    return source;
  }
  source.name = name->text("a name");
  if (!is_data_name(source.name)) {
    name->must_be("a name of letters, digits, '_' and '-', at most 64 in all");
  }
  return source;
}

DataSource read_one(const TomlValue& value,
                    const std::filesystem::path& folder,
                    const std::vector<std::string>& known_sets) {
  if (value.is_table()) {
    return read_own(value.table("A data set"), value, folder);
  }
  DataSource source;
  const std::string text = value.text("the name of a data set, a path, or a table with a path");
  if (!is_data_name(text)) {
    source.path = resolved_path(value, folder);
    source.name = name_of_file(*source.path, value);
    return source;
  }
  source.name = text;
  if (!known_sets.empty() &&
      std::find(known_sets.begin(), known_sets.end(), text) == known_sets.end()) {
    value.fail(
        fmt::format("There is no data set {}.{} The known ones are {}; a file of your own is "
                    "written as a path, as in \"./{}.npz\".",
                    in_quotes(text),
                    did_you_mean(text, known_sets),
                    join_words(known_sets),
                    text));
  }
  return source;
}

}  // namespace

std::vector<DataSource> read_data(const TomlValue& value,
                                  const std::filesystem::path& folder,
                                  const std::vector<std::string>& known_sets) {
  std::vector<DataSource> sources;
  for (const TomlValue& item : value.list("a list of data sets", kMaxDataSets)) {
    DataSource source = read_one(item, folder, known_sets);
    for (const DataSource& other : sources) {
      if (other.name == source.name) {
        item.fail(fmt::format("Two data sets are named '{}'.", source.name));
      }
    }
    sources.push_back(std::move(source));
  }
  return sources;
}

}  // namespace plumbline
