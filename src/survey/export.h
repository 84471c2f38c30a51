#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "study/study.h"

namespace plumbline {

// A study written out as the program that a user of the framework would write (docs/export.md).
// The writers are in `export/`, one a framework, in Python.

// What a writer is asked for: the study's name and question, the stack, its recipe (with the
// changes that the study makes for it), the network, the device.
[[nodiscard]] nlohmann::ordered_json export_request(const Study& study,
                                                    const std::string& stack,
                                                    Device device);

// The device that the study names for the stack; the CPU where it does not name the stack.
[[nodiscard]] Device device_of(const Study& study, const std::string& stack);

// The program's text. Throws UsageError with the reason where the framework, or its writer, cannot
// do what the study wants.
[[nodiscard]] std::string exported_program(const nlohmann::ordered_json& request);

// ".py" or ".cc".
[[nodiscard]] std::string program_ending(const std::string& stack);

}  // namespace plumbline
