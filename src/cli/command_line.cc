#include "cli/command_line.h"

#include <fmt/format.h>

#include <algorithm>
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
  app->set_version_flag("--version", "plumbline " PLUMBLINE_VERSION);
  app->footer(kFooter);
  add_run_verb(*app, chosen);
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

// "plumbline data list"
std::string command_of(const CLI::App& app) {
  const CLI::App* const parent = app.get_parent();
  return parent == nullptr ? app.get_name() : command_of(*parent) + " " + app.get_name();
}

// CLI11 reports an unknown verb as an unexpected argument, or says only that one is required; the
// user wants to hear which verbs there are.
void check_verbs(const CLI::App& app, int argc, char** argv, int index) {
  const std::vector<std::string> names = verb_names(app);
  if (names.empty()) {
    return;
  }
  if (index == argc) {
    throw UsageError(
        fmt::format("'{}' needs a verb: {}.", command_of(app), join_words(names, "or")));
  }
  const std::string word = argv[index];
  if (std::find(names.begin(), names.end(), word) != names.end()) {
    check_verbs(*app.get_subcommand(word), argc, argv, index + 1);
  } else if (!word.starts_with('-')) {
    throw UsageError(fmt::format("There is no verb '{}'.{} The verbs of '{}' are {}.",
                                 word,
                                 did_you_mean(word, names),
                                 command_of(app),
                                 join_words(names)));
  } else if (word != "-h" && word != "--help" && word != "--version") {
    throw UsageError(fmt::format("'{}' is no option of '{}', which needs a verb first: {}.",
                                 word,
                                 command_of(app),
                                 join_words(names, "or")));
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

Action print(const std::string& text) {
  return [text] {
    std::cout << text;
    return ExitCode::Done;
  };
}

}  // namespace

Action parse_command_line(int argc, char** argv) {
  Action chosen;
  const std::unique_ptr<CLI::App> app = make_app(chosen);
  if (argc == 1) {
    throw UsageError("Name a verb.\n\n" + app->help());
  }
  check_verbs(*app, argc, argv, 1);
  try {
    app->parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return print(app->help());
  } catch (const CLI::CallForVersion& version) {
    return print(std::string(version.what()) + "\n");
  } catch (const CLI::ParseError& error) {
    throw UsageError(fmt::format("{}.{} '{} --help' shows what is possible.",
                                 error.what(),
                                 option_suggestion(*app, argc, argv),
                                 command_of(*innermost(app.get()))));
  }
  return chosen;
}

}  // namespace plumbline
