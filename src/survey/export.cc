#include "survey/export.h"

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "study/wire.h"
#include "survey/python_module.h"

namespace plumbline {

namespace {

constexpr int kUnsupportedStatus = 3;

const StackChoice* choice_of(const Study& study, const std::string& stack) {
  const auto found = std::find_if(study.stacks.begin(),
                                  study.stacks.end(),
                                  [&](const StackChoice& choice) { return choice.name == stack; });
  return found == study.stacks.end() ? nullptr : &*found;
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
  const TemporaryFolder folder(std::filesystem::temp_directory_path(), "plumbline-export-");
  const std::filesystem::path file = folder.path() / "request.json";
  write_file(file, request.dump());
  const ModuleOutput output = run_python_module("plumbline_export", {file.string()});
  if (output.exit_status == kUnsupportedStatus) {
    throw UsageError(output.standard_error.substr(0, output.standard_error.find('\n')));
  }
  if (output.exit_status != 0) {
    throw Error("The writer of programs failed. What it said:\n" + output.standard_error);
  }
  return output.standard_output;
}

}  // namespace plumbline
