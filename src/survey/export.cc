#include "survey/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "base/files.h"
#include "process/child.h"
#include "stack/python.h"
#include "study/wire.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

constexpr double kWriterSeconds = 60;
constexpr int kUnsupportedStatus = 3;
constexpr const char* kOldestPython = ">=3.6";

const StackChoice* choice_of(const Study& study, const std::string& stack) {
  const auto found =
      std::find_if(study.stacks.begin(), study.stacks.end(), [&](const StackChoice& choice) {
        return choice.name == stack;
      });
  return found == study.stacks.end() ? nullptr : &*found;
}

ChildOptions writer_options(const fs::path& request, const fs::path& folder) {
  const std::optional<Python> python = find_python(kOldestPython);
  if (!python) {
    throw EnvironmentError(fmt::format(
        "Writing a study out needs a Python {}, and none was found in PATH.", kOldestPython));
  }
  const char* const path = std::getenv("PATH");
  ChildOptions options;
  options.command = {python->path.string(), "-m", "plumbline_export", request.string()};
  options.environment = {{"PATH", path != nullptr ? path : "/usr/bin:/bin"},
                         {"LANG", "C.UTF-8"},
                         {"PYTHONPATH", (installation_folder() / "export").string()},
                         {"PYTHONDONTWRITEBYTECODE", "1"}};
  options.working_folder = folder;
  options.standard_output = folder / "program";
  options.standard_error = folder / "reason";
  options.scratch_folder = folder;
  options.with_channel = false;
  return options;
}

// A sentence without the line feed at its end.
std::string first_line(const fs::path& file) {
  const std::string text = read_file(file);
  return text.substr(0, text.find('\n'));
}

}  // namespace

nlohmann::ordered_json export_request(const Study& study, const std::string& stack, Device device) {
  const StackChoice* const choice = choice_of(study, stack);
  const Recipe& recipe = choice == nullptr ? study.recipe : choice->recipe;
  nlohmann::ordered_json request = {{"study", study.name},
                                    {"question", study.question},
                                    {"stack", stack},
                                    {"device", device == Device::Cuda ? "cuda" : "cpu"},
                                    {"network", to_wire(study.network)},
                                    {"recipe", to_wire(recipe)}};
  if (recipe.training_images) {
    request["training_images"] = *recipe.training_images;
  }
  return request;
}

Device device_of(const Study& study, const std::string& stack) {
  const StackChoice* const choice = choice_of(study, stack);
  return choice == nullptr ? Device::Cpu : choice->device;
}

std::string exported_program(const nlohmann::ordered_json& request) {
  const TemporaryFolder folder(fs::temp_directory_path(), "plumbline-export-");
  const fs::path file = folder.path() / "request.json";
  write_file(file, request.dump());
  const ChildOptions options = writer_options(file, folder.path());
  const ExitReport report = run_to_end(options, kWriterSeconds);
  if (report.exit_status == kUnsupportedStatus) {
    throw UsageError(first_line(options.standard_error));
  }
  if (report.exit_status != 0) {
    throw Error(fmt::format("The writer of programs failed. {} What it said:\n{}",
                            report.reason,
                            read_file(options.standard_error)));
  }
  return read_file(options.standard_output);
}

std::string program_ending(const std::string& stack) {
  return stack == "libtorch" ? ".cc" : ".py";
}

}  // namespace plumbline
