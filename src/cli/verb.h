#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "base/exit_code.h"

namespace plumbline {

// What the command line asks for, to be run once parsing is done. Results go to standard output,
// progress and sentences to standard error.
using Action = std::function<ExitCode()>;

// Each declares one verb with its options; when the verb is given, its parsed arguments become
// `chosen`.
void add_run_verb(CLI::App& app, Action& chosen);
void add_report_verb(CLI::App& app, Action& chosen);
void add_data_verb(CLI::App& app, Action& chosen);
void add_env_verb(CLI::App& app, Action& chosen);
void add_export_verb(CLI::App& app, Action& chosen);
void add_list_verb(CLI::App& app, Action& chosen);
void add_doctor_verb(CLI::App& app, Action& chosen);
void add_version_verb(CLI::App& app, Action& chosen);

}  // namespace plumbline
