#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "cli/verb.h"
#include "runner/machine.h"
#include "stack/environment.h"
#include "store/survey_file.h"
#include "survey/survey.h"
#include "survey/survey_table.h"

namespace plumbline {

namespace {

struct SurveyArguments {
  std::vector<std::string> stacks;
  std::string study;
  std::string results = "survey.results.sqlite";
  std::string community;
  std::vector<std::string> refresh;
  SurveyFormat format = SurveyFormat::Text;
  int threads = 0;
  bool retry = false;
  bool quiet = false;
};

const std::map<std::string, SurveyFormat> kFormats = {{"text", SurveyFormat::Text},
                                                      {"markdown", SurveyFormat::Markdown},
                                                      {"csv", SurveyFormat::Csv},
                                                      {"json", SurveyFormat::Json}};

std::vector<StackManifest> chosen_stacks(const std::vector<std::string>& names) {
  if (names.empty()) {
    return shipped_stacks();
  }
  std::vector<StackManifest> stacks;
  for (const std::string& name : names) {
    const bool is_path = name.find('/') != std::string::npos;
    stacks.push_back(is_path ? find_stack("", std::filesystem::path(name)) : find_stack(name));
  }
  return stacks;
}

SurveyTable table_of(const std::vector<StackManifest>& stacks, const std::string& results) {
  std::vector<std::string> names;
  std::map<std::string, std::string> reasons;
  for (const StackManifest& stack : stacks) {
    names.push_back(stack.name);
    reasons[stack.name] = reason_not_ready(stack, environment_of(stack));
  }
  std::erase_if(reasons, [](const auto& entry) { return entry.second.empty(); });
  return survey_table(read_survey(results), names, reasons);
}

std::filesystem::path community_of(const SurveyArguments& arguments) {
  return arguments.community.empty() ? community_file()
                                     : std::filesystem::absolute(arguments.community);
}

ExitCode refresh(const SurveyArguments& arguments) {
  const std::vector<std::filesystem::path> clones(arguments.refresh.begin(),
                                                  arguments.refresh.end());
  std::cout << refresh_community(community_of(arguments), clones);
  return ExitCode::Done;
}

ExitCode survey(const SurveyArguments& arguments) {
  if (!arguments.refresh.empty()) {
    return refresh(arguments);
  }
  const std::vector<StackManifest> stacks = chosen_stacks(arguments.stacks);
  const Study study =
      read_study(arguments.study.empty() ? installation_folder() / "studies" / "quickstart.toml"
                                         : std::filesystem::path(arguments.study));
  SurveyOptions options;
  options.results = arguments.results;
  options.community = community_of(arguments);
  options.retry = arguments.retry;
  options.threads = arguments.threads > 0 ? arguments.threads : read_machine().cores;
  run_survey(stacks, study, options, [&](const std::string& line) {
    if (!arguments.quiet) {
      std::cerr << line << '\n' << std::flush;
    }
  });
  print_survey(table_of(stacks, arguments.results), arguments.format, std::cout);
  return ExitCode::Done;
}

}  // namespace

void add_survey_verb(CLI::App& app, Action& chosen) {
  CLI::App* const verb = app.add_subcommand(
      "survey", "Measure what is not a race: ease, mistakes, documentation, arrays, weight, ...");
  auto arguments = std::make_shared<SurveyArguments>();
  verb->add_option("stacks", arguments->stacks, "Stacks, or folders of your own [all shipped]");
  verb->add_option("--study", arguments->study, "Is written out [studies/quickstart.toml]")
      ->type_name("FILE");
  verb->add_option("--results", arguments->results, "The results file [survey.results.sqlite]")
      ->type_name("FILE");
  verb->add_option("--format", arguments->format, "text, markdown, csv or json [text]")
      ->transform(CLI::CheckedTransformer(kFormats).description(""));
  verb->add_option("--threads", arguments->threads, "Threads of every stack [all cores]")
      ->check(CLI::Range(1, 4096));
  verb->add_option("--community", arguments->community, "Dated numbers [survey/community.csv]")
      ->type_name("FILE");
  verb->add_option("--refresh", arguments->refresh, "Read local git clones into that file, no more")
      ->type_name("CLONE");
  verb->add_flag("--retry", arguments->retry, "Run again the probes that gave no answer");
  verb->add_flag("--quiet", arguments->quiet, "No progress");
  verb->footer(
      "Each answer is kept with the script that was run, its output and its exit status; the same "
      "command goes on where it was stopped (docs/survey.md).\n"
      "Example: plumbline survey pytorch tensorflow --format markdown");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return survey(*arguments); }; });
}

}  // namespace plumbline
