#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "stack/environment.h"

namespace plumbline {

// The environment of a stack's process, made anew: what docs/protocol.md lists under
// "Surroundings", with `home` and `tmp` in `folder`, which are made, and the stack's own variables
// over the rest.
[[nodiscard]] std::map<std::string, std::string> stack_surroundings(
    const StackManifest& manifest,
    const Environment& environment,
    int threads,
    const std::filesystem::path& folder);

}  // namespace plumbline
