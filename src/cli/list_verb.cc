#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/files.h"
#include "cli/stack_table.h"
#include "cli/verb.h"
#include "study/study.h"

namespace plumbline {

namespace {

ExitCode list_studies() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(installation_folder() / "studies")) {
    if (entry.path().extension() == ".toml") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& file : files) {
    const Study study = read_study(file);
    std::cout << fmt::format(
        "{}\n    {}\n", std::filesystem::proximate(file).string(), study.question);
  }
  return ExitCode::Done;
}

}  // namespace

void add_list_verb(CLI::App& app, Action& chosen) {
  CLI::App* const verb =
      app.add_subcommand("list", "Show the stacks or the studies that there are");
  verb->require_subcommand(1);
  auto json = std::make_shared<bool>(false);
  CLI::App* const stacks = verb->add_subcommand(
      "stacks", "Version, state and size of every stack, and why one cannot run");
  stacks->add_flag("--json", *json, "Print one JSON document");
  stacks->callback([json, &chosen] { chosen = [json] { return print_stacks(std::cout, *json); }; });
  CLI::App* const studies =
      verb->add_subcommand("studies", "The studies that Plumbline ships, and their questions");
  studies->callback([&chosen] { chosen = list_studies; });
}

}  // namespace plumbline
