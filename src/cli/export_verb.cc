#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "base/files.h"
#include "cli/verb.h"
#include "stack/manifest.h"
#include "survey/export.h"

namespace plumbline {

namespace {

struct ExportArguments {
  std::string study;
  std::string stack;
  std::string device;
  std::string output;
};

ExitCode write_out(const ExportArguments& arguments) {
  const Study study = read_study(arguments.study);
  const StackManifest stack = find_stack(arguments.stack);
  const Device device = arguments.device.empty()
                            ? device_of(study, stack.name)
                            : (arguments.device == "cuda" ? Device::Cuda : Device::Cpu);
  const std::string program = exported_program(export_request(study, stack.name, device));
  if (arguments.output.empty()) {
    std::cout << program;
    return ExitCode::Done;
  }
  write_file(arguments.output, program);
  std::cerr << fmt::format("{} is written.\n", arguments.output);
  return ExitCode::Done;
}

}  // namespace

void add_export_verb(CLI::App& app, Action& chosen) {
  CLI::App* const verb = app.add_subcommand(
      "export", "Write a study out as a stand-alone program in a framework's own idiom");
  auto arguments = std::make_shared<ExportArguments>();
  verb->add_option("study", arguments->study, "The study file (docs/study_file.md)")->required();
  verb->add_option("stack", arguments->stack, "The stack whose language it shall be in")
      ->required();
  verb->add_option("--device", arguments->device, "cpu or cuda [what the study says, else cpu]")
      ->check(CLI::IsMember({"cpu", "cuda"}));
  verb->add_option("--output", arguments->output, "The file to write [standard output]")
      ->type_name("FILE");
  verb->footer(
      "The program needs the framework, and not Plumbline (docs/export.md).\n"
      "Example: plumbline export studies/paper.toml pytorch --output paper.py");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return write_out(*arguments); }; });
}

}  // namespace plumbline
