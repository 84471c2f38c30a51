#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "base/error.h"
#include "cli/stack_table.h"
#include "cli/verb.h"
#include "stack/environment.h"

namespace plumbline {

namespace {

struct EnvArguments {
  std::vector<std::string> names;
  bool all = false;
  bool json = false;
  std::string device = "cpu";
};

// A name of a shipped stack, or the path of a folder of the user's own.
StackManifest stack_named(const std::string& name) {
  const bool is_path = name.find('/') != std::string::npos;
  return is_path ? find_stack("", std::filesystem::path(name)) : find_stack(name);
}

std::vector<StackManifest> chosen_stacks(const EnvArguments& arguments) {
  if (arguments.all) {
    return shipped_stacks();
  }
  std::vector<StackManifest> stacks;
  stacks.reserve(arguments.names.size());
  for (const std::string& name : arguments.names) {
    stacks.push_back(stack_named(name));
  }
  if (stacks.empty()) {
    throw UsageError("Name the stacks, or use --all. 'plumbline list stacks' shows them.");
  }
  return stacks;
}

ExitCode add(const EnvArguments& arguments) {
  const Device device = arguments.device == "cuda" ? Device::Cuda : Device::Cpu;
  for (const StackManifest& stack : chosen_stacks(arguments)) {
    const bool was_ready = environment_of(stack).ready;
    add_environment(stack, device, [](const std::string& line) { std::cerr << line << '\n'; });
    std::cout << stack.name << (was_ready ? ": ready already\n" : ": ready\n") << std::flush;
  }
  return ExitCode::Done;
}

ExitCode remove(const EnvArguments& arguments) {
  for (const StackManifest& stack : chosen_stacks(arguments)) {
    std::cout << stack.name << (remove_environment(stack) ? ": removed\n" : ": there was none\n");
  }
  return ExitCode::Done;
}

}  // namespace

void add_env_verb(CLI::App& app, Action& chosen) {
  CLI::App* const verb =
      app.add_subcommand("env", "Make, show and remove the stacks' environments");
  verb->require_subcommand(1);
  auto arguments = std::make_shared<EnvArguments>();
  CLI::App* const add_command =
      verb->add_subcommand("add", "Install what stacks need, into the user's cache");
  add_command->add_option("names", arguments->names, "Stacks, or folders of your own");
  add_command->add_flag("--all", arguments->all, "Every stack that Plumbline ships");
  add_command->add_option("--device", arguments->device, "cuda allows CUDA builds [cpu]")
      ->check(CLI::IsMember({"cpu", "cuda"}));
  add_command->footer("Example: plumbline env add pytorch tensorflow");
  add_command->callback([arguments, &chosen] { chosen = [arguments] { return add(*arguments); }; });
  CLI::App* const remove_command =
      verb->add_subcommand("remove", "Remove environments; stacks that share one lose it too");
  remove_command->add_option("names", arguments->names, "Stacks, or folders of your own");
  remove_command->add_flag("--all", arguments->all, "Every stack that Plumbline ships");
  remove_command->callback(
      [arguments, &chosen] { chosen = [arguments] { return remove(*arguments); }; });
  CLI::App* const list_command =
      verb->add_subcommand("list", "The same as 'plumbline list stacks'");
  list_command->add_flag("--json", arguments->json, "Print one JSON document");
  list_command->callback([arguments, &chosen] {
    chosen = [arguments] { return print_stacks(std::cout, arguments->json); };
  });
}

}  // namespace plumbline
