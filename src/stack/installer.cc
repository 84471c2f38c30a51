#include "stack/installer.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "process/child.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

constexpr double kDeadlineSeconds = 3600;

// The user's own environment: pip's configuration and proxies are in it.
std::map<std::string, std::string> own_environment() {
  std::map<std::string, std::string> variables;
  for (const char* const* entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) {
      variables[text.substr(0, equals)] = text.substr(equals + 1);
    }
  }
  variables.erase("PYTHONPATH");
  variables.erase("PYTHONHOME");
  return variables;
}

std::string last_lines(const fs::path& file, std::size_t max_bytes) {
  const std::string text = fs::exists(file) ? read_file(file) : "";
  return text.size() <= max_bytes ? text : text.substr(text.size() - max_bytes);
}

// Runs one command in `folder`; what it prints goes to `<folder>.log`.
void run_logged(const fs::path& folder,
                const std::vector<std::string>& command,
                const std::string& what) {
  ChildOptions options;
  options.command = command;
  options.environment = own_environment();
  options.working_folder = folder;
  options.standard_output = folder.string() + ".log";
  options.standard_error = folder.string() + ".errors.log";
  options.max_log_bytes = std::size_t{8} << 20;
  options.allow_network = true;
  options.with_channel = false;
  const ExitReport report = run_to_end(options, kDeadlineSeconds);
  if (report.started && report.exit_status == 0) {
    return;
  }
  if (interrupted()) {
    throw Error(fmt::format("Stopped while {}. Run the same command to do it again.", what),
                ExitCode::Interrupted);
  }
  throw EnvironmentError(fmt::format("{} failed. {}\n{}{}\nThe log is {}.",
                                     what,
                                     report.reason,
                                     last_lines(options.standard_output, 1500),
                                     last_lines(options.standard_error, 1500),
                                     options.standard_error.string()));
}

std::vector<std::string> pip_install(const Environment& environment,
                                     const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {(environment.folder / "bin" / "python").string(),
                                      "-m",
                                      "pip",
                                      "install",
                                      "--no-input",
                                      "--disable-pip-version-check",
                                      "--no-deps"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

// The wheel of PyTorch says in torch/version.py for which CUDA it was built.
bool is_cuda_build(const Environment& environment) {
  const fs::path version = site_packages(environment) / "torch" / "version.py";
  if (!fs::exists(version)) {
    return false;
  }
  const std::string text = read_file(version);
  return text.find("\ncuda: Optional[str] = '") != std::string::npos ||
         text.find("\ncuda = '") != std::string::npos;
}

void refuse_cuda_build(const Environment& environment) {
  if (is_cuda_build(environment)) {
    throw EnvironmentError(
        "pip installed a CUDA build of PyTorch, which is larger and not what a study on the CPU "
        "measures. Let pip find the CPU build: name PyTorch's own CPU index in "
        "PIP_EXTRA_INDEX_URL, or a folder with the CPU wheel in PIP_FIND_LINKS, and run the "
        "command again; or use '--device cuda' if you want the CUDA build.");
  }
}

}  // namespace

void install_packages(const StackManifest& manifest,
                      const Environment& environment,
                      Device device,
                      const std::function<void(const std::string&)>& say) {
  say(fmt::format("{}: making a virtual environment with Python {}",
                  manifest.name,
                  environment.python->version));
  run_logged(environment.folder,
             {environment.python->path.string(), "-m", "venv", environment.folder.string()},
             "Making a virtual environment (Debian has it in python3-venv)");
  std::vector<std::string> requirements = {"-r", manifest.requirements->string()};
  if (!manifest.setup.empty()) {
    run_logged(
        environment.folder, pip_install(environment, manifest.setup), "Installing the build tools");
    requirements.insert(requirements.begin(), "--no-build-isolation");
  }
  say(fmt::format("{}: installing packages of {} (log: {}.log)",
                  manifest.name,
                  manifest.requirements->filename().string(),
                  environment.folder.string()));
  run_logged(environment.folder, pip_install(environment, requirements), "Installing packages");
  if (device == Device::Cpu) {
    refuse_cuda_build(environment);
  }
}

void build_programs(const StackManifest& manifest,
                    const Environment& environment,
                    const std::function<void(const std::string&)>& say) {
  say(fmt::format("{}: building (log: {}.log)", manifest.name, environment.build_folder.string()));
  run_logged(environment.build_folder,
             expand(manifest.build, manifest, environment),
             fmt::format("Building the stack '{}'", manifest.name));
}

}  // namespace plumbline
