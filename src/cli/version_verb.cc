#include <iostream>

#include "cli/verb.h"

namespace plumbline {

void add_version_verb(CLI::App& app, Action& chosen) {
  CLI::App* const verb = app.add_subcommand("version", "Print the version");
  verb->callback([&chosen] {
    chosen = [] {
      std::cout << "plumbline " PLUMBLINE_VERSION "\n";
      return ExitCode::Done;
    };
  });
}

}  // namespace plumbline
