#include "stack/manifest.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/text.h"
#include "study/file/toml_document.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

const std::vector<std::string>& all_keys() {
  static const std::vector<std::string> keys = {"name",
                                                "framework",
                                                "description",
                                                "command",
                                                "devices",
                                                "requirements",
                                                "python",
                                                "package",
                                                "setup",
                                                "build",
                                                "shared",
                                                "environment",
                                                "system_packages",
                                                "script"};
  return keys;
}

// Reads values of one stack.toml and names file and key in every message.
class ManifestReader {
 public:
  explicit ManifestReader(const fs::path& file)
      : file_(file),
        table_(parse_toml(SourceText(file.string(), read_file(file, kMaxStudyBytes)))) {
    check_keys();
  }

  [[nodiscard]] std::string text(const std::string& key, const std::string& fallback) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      return fallback;
    }
    return text_of(*node, key);
  }

  [[nodiscard]] std::string required_text(const std::string& key) const {
    if (table_.get(key) == nullptr) {
      throw UsageError(fmt::format("{}: the key '{}' is missing.", file_.string(), key));
    }
    return text(key, "");
  }

  [[nodiscard]] std::vector<std::string> texts(const std::string& key) const {
    std::vector<std::string> values;
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      return values;
    }
    if (!node->is_array()) {
      fail(key, "a list of texts");
    }
    for (const toml::node& item : *node->as_array()) {
      values.push_back(text_of(item, key));
    }
    return values;
  }

  [[nodiscard]] std::map<std::string, std::string> text_table(const std::string& key) const {
    std::map<std::string, std::string> values;
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      return values;
    }
    if (!node->is_table()) {
      fail(key, "a table of texts");
    }
    for (const auto& [name, item] : *node->as_table()) {
      values.emplace(name.str(), text_of(item, key));
    }
    return values;
  }

  [[noreturn]] void fail(const std::string& key, const std::string& expected) const {
    throw UsageError(fmt::format("{}: the key '{}' must be {}.", file_.string(), key, expected));
  }

 private:
  void check_keys() const {
    const std::vector<std::string>& keys = all_keys();
    for (const auto& [key, value] : table_) {
      const std::string name(key.str());
      if (std::find(keys.begin(), keys.end(), name) == keys.end()) {
        throw UsageError(fmt::format("{}:{}: '{}' is not a key of a stack.{}",
                                     file_.string(),
                                     value.source().begin.line,
                                     name,
                                     did_you_mean(name, keys)));
      }
    }
  }

  [[nodiscard]] std::string text_of(const toml::node& node, const std::string& key) const {
    const auto value = node.value_exact<std::string>();
    if (!value) {
      fail(key, "text");
    }
    return *value;
  }

  fs::path file_;
  toml::table table_;
};

std::vector<Device> devices_of(const ManifestReader& reader) {
  std::vector<Device> devices;
  for (const std::string& word : reader.texts("devices")) {
    if (word != "cpu" && word != "cuda") {
      reader.fail("devices", "a list of \"cpu\" and \"cuda\"");
    }
    devices.push_back(word == "cpu" ? Device::Cpu : Device::Cuda);
  }
  return devices.empty() ? std::vector<Device>{Device::Cpu} : devices;
}

// {source} may stand at the front of a path: a stack of the user's own uses Plumbline's shared
// folders by it.
fs::path own_paths(const std::string& path) {
  const std::string source = "{source}/";
  return path.starts_with(source) ? installation_folder() / path.substr(source.size())
                                  : fs::path(path);
}

// Absolute, without "." and "..", and without a slash at its end.
fs::path plain_path(const fs::path& folder) {
  const fs::path path = fs::absolute(folder).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

// A study knows a stack by its folder and results know it by its name.
void check_name(const ManifestReader& reader, const StackManifest& manifest) {
  const std::string folder = manifest.folder.filename().string();
  if (manifest.name != folder) {
    reader.fail("name", fmt::format("the folder's name, '{}'; it is '{}'", folder, manifest.name));
  }
}

fs::path shared_folder(const ManifestReader& reader,
                       const fs::path& stack_folder,
                       const std::string& path) {
  const fs::path folder = (stack_folder / own_paths(path)).lexically_normal();
  if (!fs::is_directory(folder)) {
    reader.fail("shared",
                fmt::format("a list of folders; there is no folder '{}'", folder.string()));
  }
  return folder;
}

bool is_source(const fs::path& path) {
  const std::string text = path.string();
  return text.find("__pycache__") == std::string::npos && path.filename() != "README.md";
}

std::vector<fs::path> sources_below(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && is_source(entry.path())) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

StackManifest read_manifest(const fs::path& folder) {
  const fs::path file = folder / "stack.toml";
  if (!fs::exists(file)) {
    throw UsageError(fmt::format(
        "{} is not a stack: it has no stack.toml. docs/adding_a_stack.md shows how to write one.",
        folder.string()));
  }
  const ManifestReader reader(file);
  StackManifest manifest;
  manifest.folder = plain_path(folder);
  manifest.name = reader.required_text("name");
  check_name(reader, manifest);
  manifest.framework = reader.required_text("framework");
  manifest.description = reader.text("description", "");
  manifest.command = reader.texts("command");
  if (manifest.command.empty()) {
    reader.fail("command", "a list with the program and its arguments");
  }
  manifest.devices = devices_of(reader);
  if (const std::string path = reader.text("requirements", ""); !path.empty()) {
    manifest.requirements = (manifest.folder / own_paths(path)).lexically_normal();
  }
  manifest.python = reader.text("python", manifest.python);
  manifest.package = reader.text("package", "");
  manifest.setup = reader.texts("setup");
  manifest.build = reader.texts("build");
  for (const std::string& path : reader.texts("shared")) {
    manifest.shared.push_back(shared_folder(reader, manifest.folder, path));
  }
  manifest.environment = reader.text_table("environment");
  manifest.system_packages = reader.texts("system_packages");
  manifest.script = reader.texts("script");
  return manifest;
}

std::vector<StackManifest> shipped_stacks() {
  std::vector<StackManifest> stacks;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(installation_folder() / "stacks")) {
    if (fs::exists(entry.path() / "stack.toml")) {
      stacks.push_back(read_manifest(entry.path()));
    }
  }
  std::sort(stacks.begin(), stacks.end(), [](const StackManifest& a, const StackManifest& b) {
    return a.name < b.name;
  });
  return stacks;
}

StackManifest find_stack(const std::string& name, const std::optional<fs::path>& folder) {
  if (folder) {
    return read_manifest(*folder);
  }
  std::vector<std::string> names;
  for (const StackManifest& manifest : shipped_stacks()) {
    if (manifest.name == name) {
      return manifest;
    }
    names.push_back(manifest.name);
  }
  throw UsageError(
      fmt::format("There is no stack '{}'.{} The stacks are {}; a folder of your own is named by "
                  "its path, as './{}'.",
                  name,
                  did_you_mean(name, names),
                  join_words(names),
                  name));
}

std::string pinned_version(const StackManifest& manifest) {
  if (manifest.package.empty() || !manifest.requirements) {
    return "";
  }
  const std::string text = "\n" + read_file(*manifest.requirements, std::size_t{1} << 20);
  const std::string pin = "\n" + manifest.package + "==";
  const std::size_t at = text.find(pin);
  if (at == std::string::npos) {
    return "";
  }
  const std::size_t begin = at + pin.size();
  return text.substr(begin, text.find_first_of(" \n;", begin) - begin);
}

std::string sources_digest(const StackManifest& manifest) {
  Sha256 digest;
  std::vector<fs::path> folders = {manifest.folder};
  folders.insert(folders.end(), manifest.shared.begin(), manifest.shared.end());
  for (const fs::path& folder : folders) {
    for (const fs::path& file : sources_below(folder)) {
      digest.update(file.lexically_relative(folder).string());
      digest.update("\n" + sha256_hex_of_file(file) + "\n");
    }
  }
  return digest.hex_digest();
}

}  // namespace plumbline
