#include "cli/command_line.h"

#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "base/error.h"
#include "base/text.h"

namespace plumbline {

namespace {

constexpr const char* kDescription =
    "Trains one network on every deep-learning framework and says whether they differ.";
constexpr const char* kFooter =
    "Example: plumbline run studies/quickstart.toml\n"
    "\n"
    "Exit codes: 0 done, 1 done but some trial failed, 2 usage, 3 environment, 4 internal, 130 "
    "interrupted.";

std::unique_ptr<CLI::App> make_app(Action& chosen) {
  auto app = std::make_unique<CLI::App>(kDescription, "plumbline");
  app->require_subcommand(1);
  app->footer(kFooter);
  add_run_verb(*app, chosen);
  add_export_verb(*app, chosen);
  add_report_verb(*app, chosen);
  add_data_verb(*app, chosen);
  add_env_verb(*app, chosen);
  add_list_verb(*app, chosen);
  add_doctor_verb(*app, chosen);
  add_version_verb(*app, chosen);
  return app;
}

std::vector<std::string> verb_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* const verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(verb->get_name());
  }
  return names;
}

// CLI11 reports an unknown verb as an unexpected argument; the user wants to hear which verbs there
// are.
void check_verb(const CLI::App& app, const std::string& word) {
  const std::vector<std::string> names = verb_names(app);
  if (!word.starts_with('-') && std::find(names.begin(), names.end(), word) == names.end()) {
    throw UsageError(fmt::format("There is no verb '{}'.{} The verbs are {}.",
                                 word,
                                 did_you_mean(word, names),
                                 join_words(names)));
  }
}

// The innermost verb given, to look up its options.
const CLI::App* innermost(const CLI::App* app) {
  const std::vector<CLI::App*> given = app->get_subcommands();
  return given.empty() ? app : innermost(given.front());
}

std::string option_suggestion(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> known;
  for (const CLI::Option* const option : innermost(&app)->get_options()) {
    for (const std::string& name : option->get_lnames()) {
      known.push_back("--" + name);
    }
  }
  for (int index = 1; index < argc; ++index) {
    std::string word = argv[index];
    word = word.substr(0, word.find('='));
    if (word.starts_with("--") && std::find(known.begin(), known.end(), word) == known.end()) {
      return did_you_mean(word, known);
    }
  }
  return "";
}

}  // namespace

Action parse_command_line(int argc, char** argv) {
  Action chosen;
  const std::unique_ptr<CLI::App> app = make_app(chosen);
  if (argc > 1) {
    check_verb(*app, argv[1]);
  }
  try {
    app->parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return [help = innermost(app.get())->help()] {
      std::cout << help;
      return ExitCode::Done;
    };
  } catch (const CLI::ParseError& error) {
    if (argc == 1) {
      throw UsageError("Name a verb.\n\n" + app->help());
    }
    throw UsageError(fmt::format("{}.{} 'plumbline {} --help' shows what is possible.",
                                 error.what(),
                                 option_suggestion(*app, argc, argv),
                                 innermost(app.get())->get_name()));
  }
  return chosen;
}

}  // namespace plumbline
