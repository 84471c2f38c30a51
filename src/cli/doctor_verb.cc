#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "base/text.h"
#include "cli/stack_table.h"
#include "cli/verb.h"
#include "report/document.h"
#include "runner/machine.h"

namespace plumbline {

namespace {

// What a person should know before believing a time measured now.
std::vector<std::string> warnings_of(const Machine& machine) {
  std::vector<std::string> warnings;
  if (machine.load_average > 0.5 * machine.cores) {
    warnings.push_back(
        fmt::format("The load is {:.2f} on {} cores: times measured now are not to be trusted.",
                    machine.load_average,
                    machine.cores));
  }
  if (!machine.governor.empty() && machine.governor != "performance") {
    warnings.push_back(fmt::format(
        "The frequency governor is '{}'; 'performance' gives steadier times.", machine.governor));
  }
  constexpr std::int64_t kComfortableBytes = std::int64_t{4} << 30;
  if (machine.available_memory_bytes < kComfortableBytes) {
    warnings.push_back(
        fmt::format("Only {} of memory are free; some stacks need more.",
                    format_bytes(static_cast<double>(machine.available_memory_bytes))));
  }
  return warnings;
}

void print_machine(const Machine& machine) {
  std::cout << fmt::format("processor    {} ({})\n", machine.processor, machine.instruction_sets)
            << fmt::format("cores        {}; a run uses {} threads for every stack\n",
                           machine.cores,
                           machine.cores)
            << fmt::format("governor     {}\n",
                           machine.governor.empty() ? "not shown by this system" : machine.governor)
            << fmt::format("load         {:.2f}\n", machine.load_average)
            << fmt::format("memory       {} free of {}\n",
                           format_bytes(static_cast<double>(machine.available_memory_bytes)),
                           format_bytes(static_cast<double>(machine.memory_bytes)))
            << fmt::format("system       {}\n", machine.kernel);
  for (const std::string& warning : warnings_of(machine)) {
    std::cout << "warning: " << warning << '\n';
  }
  std::cout << '\n';
}

ExitCode doctor(bool json) {
  const Machine machine = read_machine();
  if (json) {
    print_document({{"plumbline_doctor", 1},
                    {"machine", nlohmann::ordered_json::parse(machine_json(machine))},
                    {"threads", machine.cores},
                    {"warnings", warnings_of(machine)},
                    {"stacks", stack_documents()}},
                   std::cout);
    return ExitCode::Done;
  }
  print_machine(machine);
  return print_stacks(std::cout, false);
}

}  // namespace

void add_doctor_verb(CLI::App& app, Action& chosen) {
  CLI::App* const verb = app.add_subcommand(
      "doctor", "Show threads, governor, load, memory and the state of each stack");
  auto json = std::make_shared<bool>(false);
  verb->add_flag("--json", *json, "Print one JSON document");
  verb->callback([json, &chosen] { chosen = [json] { return doctor(*json); }; });
}

}  // namespace plumbline
