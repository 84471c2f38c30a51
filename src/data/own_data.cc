#include "data/own_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "data/assemble.h"
#include "data/format/byte_reader.h"
#include "data/format/csv.h"
#include "data/format/idx.h"
#include "data/format/npy.h"
#include "data/format/npz.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhatIsTaken =
    "Own data is a .npz file with x_train, y_train, x_test and y_test, or a folder with those four "
    "as .npy files, or with "
    "four IDX files (train-images-idx3-ubyte, train-labels-idx1-ubyte, and the same with t10k), or "
    "with train.csv and "
    "test.csv.";

using ReadArray = NumericArray (*)(ByteReader&);

// One of the arrangements that a folder may have. `roles` tells a file's part by its name; what
// ends in ".gz" may too.
struct Layout {
  const char* title;
  std::vector<std::string> expected;  // a file for each role, as messages name them
  std::function<std::optional<std::size_t>(std::string_view)>
      role;  // of a file's name without ".gz"
};

std::optional<std::size_t> position_in(const std::vector<std::string>& names,
                                       std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - names.begin());
}

Layout exact_layout(const char* title, const std::vector<std::string>& names) {
  return {title, names, [names](std::string_view name) { return position_in(names, name); }};
}

using BeginningAndRole = std::pair<std::string_view, std::size_t>;
constexpr std::array<BeginningAndRole, 6> kBeginnings = {{{"train-images", 0},
                                                          {"train-labels", 1},
                                                          {"t10k-images", 2},
                                                          {"t10k-labels", 3},
                                                          {"test-images", 2},
                                                          {"test-labels", 3}}};

// Other dimensions than MNIST's are in the names of other sets: idx4-ubyte. Some write a dot before
// "idx".
std::optional<std::size_t> idx_role(std::string_view name) {
  for (const auto& [beginning, role] : kBeginnings) {
    if (name.starts_with(beginning)) {
      const std::string_view rest = name.substr(beginning.size());
      if (rest.starts_with("-idx") || rest.starts_with(".idx")) {
        return role;
      }
    }
  }
  return std::nullopt;
}

const std::array<Layout, 3>& layouts() {
  static const std::array<Layout, 3> all = {
      Layout{"IDX",
             {"train-images-idx3-ubyte",
              "train-labels-idx1-ubyte",
              "t10k-images-idx3-ubyte",
              "t10k-labels-idx1-ubyte"},
             idx_role},
      exact_layout("NPY", {"x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"}),
      exact_layout("CSV", {"train.csv", "test.csv"})};
  return all;
}

// The files of a layout by role; an empty path where there is none. Of a file and its compressed
// form the first is taken.
std::vector<fs::path> files_of(const Layout& layout,
                               const std::vector<fs::path>& names,
                               const fs::path& folder) {
  std::vector<fs::path> files(layout.expected.size());
  for (const fs::path& name : names) {
    const bool compressed = name.extension() == ".gz";
    const auto role = layout.role(compressed ? name.stem().string() : name.string());
    if (role && (files[*role].empty() || !compressed)) {
      files[*role] = folder / name;
    }
  }
  return files;
}

void require_all(const Layout& layout, const std::vector<fs::path>& files, const fs::path& folder) {
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].empty()) {
      missing.push_back(layout.expected[i]);
    }
  }
  if (!missing.empty()) {
    throw EnvironmentError(fmt::format("The folder '{}' has {} files but lacks {}.",
                                       folder.string(),
                                       layout.title,
                                       join_words(missing)));
  }
}

Dataset load_four_files(const std::string& name,
                        const std::vector<fs::path>& files,
                        ReadArray read) {
  const auto array = [&](std::size_t role) { return read(*open_bytes(files[role])); };
  return assemble_dataset(name, {array(0), array(1)}, {array(2), array(3)}, std::nullopt, files);
}

Dataset load_csv(const DataSource& source, const std::vector<fs::path>& files) {
  CsvTable train = read_csv(*open_bytes(files[0]), source.label_column);
  CsvTable test = read_csv(*open_bytes(files[1]), source.label_column);
  if (!train.feature_names.empty() && !test.feature_names.empty() &&
      train.feature_names != test.feature_names) {
    throw EnvironmentError(
        fmt::format("'{}' and '{}' do not have the same columns in the same order.",
                    files[0].string(),
                    files[1].string()));
  }
  return assemble_dataset(source.name,
                          {std::move(train.features), std::move(train.labels)},
                          {std::move(test.features), std::move(test.labels)},
                          std::nullopt,
                          files);
}

Dataset load_npz(const std::string& name, const fs::path& path) {
  const NpzArchive archive(path);
  const auto array = [&archive](const char* member) {
    return read_npy(*archive.open_array(member));
  };
  return assemble_dataset(name,
                          {array("x_train"), array("y_train")},
                          {array("x_test"), array("y_test")},
                          std::nullopt,
                          {path});
}

void refuse_label_column(const DataSource& source) {
  if (!source.label_column.empty()) {
    throw UsageError(
        fmt::format("The study names the label column '{}' for '{}', whose data is not CSV.",
                    source.label_column,
                    source.name));
  }
}

std::vector<fs::path> names_in(const fs::path& folder) {
  std::vector<fs::path> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename());
  }
  if (error) {
    throw EnvironmentError(
        fmt::format("The folder '{}' cannot be read: {}.", folder.string(), error.message()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

Dataset load_folder(const DataSource& source, const fs::path& folder) {
  const std::vector<fs::path> names = names_in(folder);
  std::vector<std::pair<const Layout*, std::vector<fs::path>>> present;
  for (const Layout& layout : layouts()) {
    std::vector<fs::path> files = files_of(layout, names, folder);
    if (std::any_of(
            files.begin(), files.end(), [](const fs::path& file) { return !file.empty(); })) {
      present.emplace_back(&layout, std::move(files));
    }
  }
  if (present.empty()) {
    throw EnvironmentError(fmt::format(
        "The folder '{}' has no data that is known. {}", folder.string(), kWhatIsTaken));
  }
  if (present.size() > 1) {
    throw EnvironmentError(
        fmt::format("The folder '{}' has both {} and {} files. Leave those of one data set there.",
                    folder.string(),
                    present[0].first->title,
                    present[1].first->title));
  }
  const auto& [layout, files] = present.front();
  require_all(*layout, files, folder);
  if (layout != &layouts()[2]) {
    refuse_label_column(source);
  }
  if (layout == &layouts()[2]) {
    return load_csv(source, files);
  }
  return load_four_files(source.name, files, layout == layouts().data() ? read_idx : read_npy);
}

}  // namespace

Dataset load_own_data(const DataSource& source) {
  const fs::path path = source.path.value_or("");
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    throw EnvironmentError(fmt::format("The data of '{}', '{}', cannot be read: {}.",
                                       source.name,
                                       path.string(),
                                       error.message()));
  }
  if (fs::is_directory(status)) {
    return load_folder(source, path);
  }
  if (path.extension() == ".npz") {
    refuse_label_column(source);
    return load_npz(source.name, path);
  }
  throw EnvironmentError(
      fmt::format("'{}' is not data that is known. {}", path.string(), kWhatIsTaken));
}

}  // namespace plumbline
