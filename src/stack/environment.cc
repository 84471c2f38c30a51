#include "stack/environment.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/text.h"
#include "process/child.h"
#include "stack/installer.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

constexpr const char* kReadyMarker = ".plumbline-ready";

std::string environment_key(const StackManifest& manifest, const Python& python) {
  std::string identity = "v1\n" + python.version + "\n" + read_file(*manifest.requirements);
  for (const std::string& package : manifest.setup) {
    identity += package + "\n";
  }
  return sha256_hex(identity).substr(0, 16);
}

fs::path build_folder_of(const StackManifest& manifest, const std::string& key) {
  const std::string identity = sources_digest(manifest) + key;
  return user_cache_folder() / "build" /
         fmt::format("{}-{}", manifest.name, sha256_hex(identity).substr(0, 16));
}

bool is_ready(const fs::path& folder) {
  return folder.empty() || fs::exists(folder / kReadyMarker);
}

using Say = std::function<void(const std::string&)>;

constexpr auto kLockRetry = std::chrono::milliseconds(100);

// Holds an advisory lock on a file beside the folder, so that two programs do not fill it at once.
class FolderLock {
 public:
  FolderLock(const fs::path& folder, const Say& say) {
    fs::create_directories(folder.parent_path());
    const std::string file = folder.string() + ".lock";
    fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd_ < 0) {
      throw file_error("write", file, errno);
    }
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      say(fmt::format("Waiting for another program that is filling {}.", folder.string()));
      wait_for_lock(file);
    }
  }
  ~FolderLock() { ::close(fd_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  // Not by a blocking flock, which the user's Ctrl-C would not end.
  void wait_for_lock(const std::string& file) {
    while (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      if (error != EWOULDBLOCK && error != EINTR) {
        ::close(fd_);
        throw file_error("lock", file, error);
      }
      if (interrupted()) {
        ::close(fd_);
        throw Error("Interrupted while waiting for another program.", ExitCode::Interrupted);
      }
      std::this_thread::sleep_for(kLockRetry);
    }
  }

  int fd_ = -1;
};

void fill_once(const fs::path& folder, const Say& say, const std::function<void()>& fill) {
  if (is_ready(folder)) {
    return;
  }
  const FolderLock lock(folder, say);
  if (is_ready(folder)) {
    return;
  }
  fs::remove_all(folder);  // what an interrupted attempt left
  fs::create_directories(folder);
  fill();
  write_file(folder / kReadyMarker, "");
}

// How a command names the stack: a folder of the user's own by its path.
std::string command_name(const StackManifest& manifest) {
  const bool is_shipped = manifest.folder.parent_path() == installation_folder() / "stacks";
  return is_shipped ? manifest.name : manifest.folder.string();
}

std::string reason_no_python(const StackManifest& manifest) {
  return fmt::format(
      "No Python {} was found in PATH or in pyenv; install one, for example with 'pyenv install'.",
      manifest.python);
}

}  // namespace

Environment environment_of(const StackManifest& manifest) {
  Environment environment;
  environment.cache_folder = user_cache_folder() / "stack" / manifest.name;
  environment.key = "none";
  if (manifest.requirements) {
    environment.python = find_python(manifest.python);
    if (!environment.python) {
      return environment;
    }
    environment.key = environment_key(manifest, *environment.python);
    environment.folder = user_cache_folder() / "env" / environment.key;
    environment.cache_folder += "-" + environment.key;
  }
  if (!manifest.build.empty()) {
    environment.build_folder = build_folder_of(manifest, environment.key);
  }
  environment.ready = is_ready(environment.folder) && is_ready(environment.build_folder);
  return environment;
}

std::string reason_not_ready(const StackManifest& manifest, const Environment& environment) {
  const std::vector<std::string> missing = missing_system_packages(manifest);
  if (!missing.empty()) {
    return fmt::format("The Debian package{} {} {} missing; run 'apt-get install {}' as root.",
                       missing.size() == 1 ? "" : "s",
                       join_words(missing),
                       missing.size() == 1 ? "is" : "are",
                       fmt::join(missing, " "));
  }
  if (manifest.requirements && !environment.python) {
    return reason_no_python(manifest);
  }
  if (!environment.ready) {
    return fmt::format("Its environment is not installed; run 'plumbline env add {}'.",
                       command_name(manifest));
  }
  return "";
}

std::vector<std::string> missing_system_packages(const StackManifest& manifest) {
  std::vector<std::string> missing;
  if (!fs::exists("/var/lib/dpkg/info")) {
    return missing;
  }
  for (const std::string& package : manifest.system_packages) {
    const fs::path plain = fs::path("/var/lib/dpkg/info") / (package + ".list");
    const fs::path amd64 = fs::path("/var/lib/dpkg/info") / (package + ":amd64.list");
    const fs::path arm64 = fs::path("/var/lib/dpkg/info") / (package + ":arm64.list");
    if (!fs::exists(plain) && !fs::exists(amd64) && !fs::exists(arm64)) {
      missing.push_back(package);
    }
  }
  return missing;
}

void add_environment(const StackManifest& manifest,
                     Device device,
                     const std::function<void(const std::string&)>& say) {
  const std::vector<std::string> missing = missing_system_packages(manifest);
  const Environment environment = environment_of(manifest);
  if (!missing.empty() || (manifest.requirements && !environment.python)) {
    throw EnvironmentError(fmt::format("The stack '{}' cannot be installed. {}",
                                       manifest.name,
                                       reason_not_ready(manifest, environment)));
  }
  if (!environment.folder.empty()) {
    fill_once(
        environment.folder, say, [&] { install_packages(manifest, environment, device, say); });
  }
  if (!environment.build_folder.empty()) {
    fill_once(environment.build_folder, say, [&] { build_programs(manifest, environment, say); });
  }
}

bool remove_environment(const StackManifest& manifest) {
  const Environment environment = environment_of(manifest);
  std::uintmax_t removed = 0;
  for (const fs::path& folder :
       {environment.folder, environment.build_folder, environment.cache_folder}) {
    if (!folder.empty() && fs::exists(folder)) {
      removed += fs::remove_all(folder);
    }
  }
  return removed > 0;
}

std::int64_t bytes_on_disk(const fs::path& folder) {
  std::int64_t bytes = 0;
  if (folder.empty() || !fs::exists(folder)) {
    return bytes;
  }
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && !entry.is_symlink()) {
      bytes += static_cast<std::int64_t>(entry.file_size());
    }
  }
  return bytes;
}

std::string expand(const std::string& text,
                   const StackManifest& manifest,
                   const Environment& environment) {
  const std::map<std::string, std::string> values = {
      {"folder", manifest.folder.string()},
      {"python", (environment.folder / "bin" / "python").string()},
      {"site_packages", site_packages(environment).string()},
      {"build", environment.build_folder.string()},
      {"cache", environment.cache_folder.string()},
      {"bin", program_folder().string()},
      {"source", installation_folder().string()},
  };
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find('{', at);
    const std::size_t close = text.find('}', open);
    if (open == std::string::npos || close == std::string::npos) {
      return result + text.substr(at);
    }
    const std::string name = text.substr(open + 1, close - open - 1);
    const auto value = values.find(name);
    if (value == values.end()) {
      throw UsageError(fmt::format("{}: '{{{}}}' in '{}' is not a name that Plumbline replaces.",
                                   (manifest.folder / "stack.toml").string(),
                                   name,
                                   text));
    }
    result += text.substr(at, open - at) + value->second;
    at = close + 1;
  }
  return result;
}

std::vector<std::string> expand(const std::vector<std::string>& texts,
                                const StackManifest& manifest,
                                const Environment& environment) {
  std::vector<std::string> expanded;
  expanded.reserve(texts.size());
  for (const std::string& text : texts) {
    expanded.push_back(expand(text, manifest, environment));
  }
  return expanded;
}

std::map<std::string, std::string> stack_variables(const StackManifest& manifest,
                                                   const Environment& environment) {
  std::map<std::string, std::string> variables;
  std::string& python_path = variables["PYTHONPATH"];
  for (const fs::path& folder : manifest.shared) {
    python_path += (python_path.empty() ? "" : ":") + folder.string();
  }
  for (const auto& [name, value] : manifest.environment) {
    variables[name] = expand(value, manifest, environment);
  }
  return variables;
}

fs::path site_packages(const Environment& environment) {
  if (environment.folder.empty() || !environment.python) {
    return {};
  }
  const std::string& version = environment.python->version;
  const std::string minor = version.substr(0, version.find('.', version.find('.') + 1));
  return environment.folder / "lib" / ("python" + minor) / "site-packages";
}

fs::path program_folder() {
  return fs::read_symlink("/proc/self/exe").parent_path();
}

}  // namespace plumbline
